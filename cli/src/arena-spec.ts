import { dirname, resolve } from "node:path";
import { AnswerKind, TensorType, type ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { preprocessingNames } from "@assay/client/preprocessing/preprocess";
import { parse } from "yaml";
import { z } from "zod";
import { UsageError } from "./errors.ts";
import { readFileOf } from "./input.ts";

const MAX_BYTES = 1 << 20;

const TYPES = { uint8: TensorType.UINT8, int8: TensorType.INT8, int16: TensorType.INT16 } as const;

const text = (limit: number) =>
  z
    .string()
    .min(1)
    .refine((value) => Buffer.byteLength(value) <= limit, `expected at most ${limit} bytes`);

/** The same words as an entry of models/arenas.json. */
const arenaFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,32}$/, "expected 1 to 32 of a-z, 0-9 and -"),
  description: text(1024),
  input: z.strictObject({
    type: z.enum(["uint8", "int8", "int16"]),
    shape: z
      .array(
        z
          .int()
          .positive()
          .max(2 ** 32 - 1),
      )
      .min(1)
      .max(3),
  }),
  preprocessing: z.enum(preprocessingNames() as [string, ...string[]]),
  answer: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("class"), labels: z.array(text(64)).min(2).max(256) }),
    z.strictObject({
      kind: z.literal("scalar"),
      tolerance: z
        .int()
        .nonnegative()
        .max(2 ** 32 - 1),
    }),
  ]),
  reference: z.strictObject({
    name: text(64),
    file: z.string().min(1),
    licence: text(128),
    card: z.string().max(4096),
  }),
});

export interface ArenaFile {
  readonly spec: ArenaSpec;
  readonly reference: {
    readonly name: string;
    readonly licence: string;
    readonly card: string;
    readonly file: string;
  };
}

/** Reads the description of an arena, JSON or YAML; the reference's file is relative to it. Throws UsageError. */
export async function readArenaFile(path: string): Promise<ArenaFile> {
  const content = (await readFileOf("the arena's description", path, MAX_BYTES)).toString("utf8");
  let value: unknown;
  try {
    value = parse(content, { maxAliasCount: 0 });
  } catch (error) {
    throw new UsageError(`${path} is neither JSON nor YAML`, { cause: error });
  }
  const parsed = arenaFile.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path: at, message }) => `  ${at.join(".") || "file"}: ${message}`,
    );
    throw new UsageError(`${path} does not describe an arena:\n${problems.join("\n")}`);
  }
  const { name, description, input, preprocessing, answer, reference } = parsed.data;
  return {
    spec: {
      name,
      description,
      preprocessing,
      inputType: TYPES[input.type],
      inputShape: input.shape,
      answer: answer.kind === "class" ? AnswerKind.CLASS : AnswerKind.SCALAR,
      labels: answer.kind === "class" ? answer.labels : [],
      tolerance: answer.kind === "class" ? 0 : answer.tolerance,
    },
    reference: { ...reference, file: resolve(dirname(path), reference.file) },
  };
}
