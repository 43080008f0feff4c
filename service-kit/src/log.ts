import { AssayError } from "@assay/client/errors";
import { pino, stdSerializers, type DestinationStream, type Logger } from "pino";

export type { Logger } from "pino";

/** Fields that never reach a log, at the top level and one below. */
const SECRET = ["mnemonic", "seed", "salt", "privkey", "privateKey"];

export interface LoggerOptions {
  /** Program, in every line. */
  name: string;
  level?: string;
  /** Where lines go; stdout if not given. */
  destination?: DestinationStream;
}

/** JSON lines. Bigints become decimal strings, bytes become hex, {@link SECRET} fields are removed. */
export function createLogger({ name, level = "info", destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    redact: { paths: SECRET.flatMap((field) => [field, `*.${field}`]), censor: "[secret]" },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, readable(value)])),
    },
    serializers: { error: describeError },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** A logger that writes nothing, for tests. */
export const silentLogger: Logger = pino({ level: "silent" });

/** Errors we throw on purpose say all in their message; only others are worth a stack. */
function describeError(error: unknown): unknown {
  if (!(error instanceof AssayError)) return stdSerializers.err(error as Error);
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) causes.push(cause.message);
  const details = Object.fromEntries(
    Object.entries(error.details).map(([key, value]) => [key, readable(value)]),
  );
  return { type: error.name, message: error.message, details, causes };
}

function readable(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return value;
}
