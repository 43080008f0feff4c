import { readFile } from "node:fs/promises";
import { preprocessingNames } from "@assay/client/preprocessing/preprocess";
import { z } from "zod";

const file = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+\.onnx$/);
const name = z.string().regex(/^[a-z0-9-]{1,32}$/);
const text = z.string().min(1).max(2000);

const Model = z.strictObject({
  name,
  /** Relative to this folder. */
  file,
  role: z.enum(["honest", "copy"]),
  licence: text,
  card: text,
  parents: z.array(name),
});

const Arena = z.strictObject({
  name,
  description: text,
  /** One item's tensor without the batch dimension; bytes are row-major, little-endian. */
  input: z.strictObject({
    type: z.enum(["uint8", "int8", "int16"]),
    shape: z.array(z.int().positive()).min(1).max(3),
  }),
  preprocessing: z.enum(preprocessingNames() as [string, ...string[]]),
  answer: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("class"), labels: z.array(text).min(2).max(256) }),
    z.strictObject({ kind: z.literal("scalar"), tolerance: z.int().nonnegative() }),
  ]),
  weight: z.int().nonnegative().max(0xffffffff),
  reference: Model.omit({ role: true, parents: true }),
  /** From the worst to the best honest model, then the copy. */
  models: z.array(Model),
  loader: z.string(),
});

const Arenas = z.strictObject({ arenas: z.array(Arena) });

export type Arena = z.infer<typeof Arena>;

/** The arenas of the local network, from `arenas.json` beside this file. */
export async function readArenas(): Promise<Arena[]> {
  return Arenas.parse(JSON.parse(await readFile(new URL("arenas.json", import.meta.url), "utf8"))).arenas;
}
