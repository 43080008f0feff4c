import { resolve } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { codeOf, messageOf, SetupError } from "./errors.ts";
import { readLimited } from "./files.ts";

const MAX_CONFIG_BYTES = 1 << 20;

/** A setting is missing, unknown or out of range. The message lists every problem. */
export class ConfigError extends SetupError {}

export interface ConfigSources {
  /** YAML (or JSON) file. Its top-level keys are the settings, as `--flag` names or in camelCase. */
  file?: string | undefined;
  /** Parsed command line; undefined values count as not given. */
  flags: Readonly<Record<string, unknown>>;
  /** Environment: `<prefix>_RPC_URL` sets `rpcUrl`. Unknown names under the prefix are refused like unknown keys. */
  env?: { prefix: string; values: NodeJS.ProcessEnv };
}

/**
 * Reads a program's settings once: file, then environment, then flags, the later ones winning, and
 * checks them against `schema` (make it a `z.strictObject`, so that a misspelt key is an error).
 * Throws {@link ConfigError}.
 */
export async function loadConfig<Schema extends z.ZodType>(
  schema: Schema,
  sources: ConfigSources,
): Promise<z.output<Schema>> {
  const settings: Record<string, unknown> = {
    ...(sources.file === undefined ? {} : await readFileSettings(sources.file)),
    ...(sources.env === undefined ? {} : environmentSettings(sources.env.prefix, sources.env.values)),
  };
  for (const [name, value] of Object.entries(sources.flags)) {
    if (value !== undefined) settings[name] = value;
  }
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `  ${kebab(issue.path.join(".")) || "settings"}: ${issue.message}`,
  );
  const where = sources.file === undefined ? "" : ` (file ${sources.file})`;
  throw new ConfigError(`the settings are not usable${where}:\n${problems.join("\n")}`);
}

async function readFileSettings(path: string): Promise<Record<string, unknown>> {
  const content = await readLimited(path, MAX_CONFIG_BYTES).catch((error: unknown) => {
    const reason = codeOf(error) === "ENOENT" ? "it does not exist" : messageOf(error);
    throw new ConfigError(`cannot read the config file ${path}: ${reason}`);
  });
  const value = parsedYaml(path, content.toString("utf8"));
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new ConfigError(`${path} must hold settings as "name: value" lines`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, setting]) => [camel(name), setting as unknown]),
  );
}

function parsedYaml(path: string, content: string): unknown {
  try {
    return parseYaml(content, { maxAliasCount: 0 }) as unknown;
  } catch (error) {
    throw new ConfigError(`${path} is not valid YAML: ${messageOf(error)}`);
  }
}

function environmentSettings(prefix: string, values: NodeJS.ProcessEnv): Record<string, unknown> {
  const own = Object.entries(values).filter(
    ([name, value]) => name.startsWith(`${prefix}_`) && value !== undefined,
  );
  return Object.fromEntries(
    own.map(([name, value]) => [camel(name.slice(prefix.length + 1).toLowerCase()), value]),
  );
}

function camel(name: string): string {
  return name.replace(/[-_]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** An integer in [min, max]; flags and environment give it as decimal digits. */
export function integer(min: number, max: number) {
  const digits = z
    .string()
    .regex(/^-?\d{1,15}$/, "expected an integer")
    .transform(Number);
  return z.union([digits, z.number()], { error: "expected an integer" }).pipe(z.int().min(min).max(max));
}

/** An amount in base units (uassay), as a bigint. */
export function amount() {
  const digits = z.string().regex(/^\d{1,30}$/, "expected a whole number of uassay");
  return z
    .union([digits, z.int().min(0)], { error: "expected a whole number of uassay" })
    .transform((value) => BigInt(value));
}

/** yes/no, true/false. */
export function yesNo() {
  const words = z.enum(["yes", "no", "true", "false"]).transform((word) => word === "yes" || word === "true");
  return z.union([z.boolean(), words], { error: "expected yes or no" });
}

/** An `assay1…` account address. */
export function address() {
  return z.string().regex(/^assay1[02-9ac-hj-np-z]{38,58}$/, "expected an address that starts with assay1");
}

/** URL of a node's RPC endpoint. */
export function rpcUrl() {
  return z.url({ protocol: /^https?$/, error: "expected an http:// or https:// URL" });
}

/** A path, made absolute against the working directory. */
export function path() {
  return z
    .string()
    .min(1)
    .transform((value) => resolve(value));
}

/** The settings every service has. Spread it into the service's own strict object. */
export const commonSettings = {
  rpc: rpcUrl().default("http://127.0.0.1:26657"),
  chainId: z.string().min(1).max(50),
  /** Data directory: the durable records of the service. */
  data: path(),
  /** Port of /metrics and /health; 0 takes a free one. Absent: no server. */
  metricsPort: integer(0, 65535).optional(),
  metricsHost: z.string().min(1).default("127.0.0.1"),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error"]).default("info"),
  gasPrice: z
    .string()
    .regex(/^\d+(\.\d+)?uassay$/, 'expected a gas price such as "0.01uassay"')
    .default("0uassay"),
} as const;
