import type { Kysely } from "kysely";
import { MalformedResponseError } from "@assay/client/errors";
import type { Database } from "../db/schema.ts";
import { bytesFields, createDecoder, type ChainDecoder } from "./decode.ts";
import type { ChainNode } from "./node.ts";
import { deflate, inflate } from "./raw.ts";

const QUESTION = {
  path: "/cosmos.reflection.v1.ReflectionService/FileDescriptors",
  request: new Uint8Array(),
  pinned: false,
};
/** Field `files` of the answer, and of a `FileDescriptorSet`. */
const FILES = 1;

/** The newest descriptors that are kept, encoded as a `FileDescriptorSet`; undefined if none are. */
export async function readDescriptors(db: Kysely<Database>): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("raw_descriptors")
    .select("files")
    .orderBy("height", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && inflate(row.files);
}

/** A decoder of the newest descriptors that are kept; undefined if none are. */
export async function readDecoder(db: Kysely<Database>): Promise<ChainDecoder | undefined> {
  const files = await readDescriptors(db);
  return files && createDecoder(files);
}

/**
 * Asks the node for its descriptors and keeps them if they are others than before: an upgrade of the chain brings new
 * ones.
 *
 * @param height of the first block that is decoded with them.
 * @returns a decoder of them; undefined if nothing is new.
 */
export async function updateDescriptors(
  db: Kysely<Database>,
  node: ChainNode,
  height: number,
): Promise<ChainDecoder | undefined> {
  const answer = await node.ask(QUESTION, height - 1);
  if (answer === null) throw new MalformedResponseError(`it refuses "${QUESTION.path}"`);
  const files = inOrder(answer);
  const known = await readDescriptors(db);
  if (known && Buffer.compare(known, files) === 0) return undefined;
  const decoder = createDecoder(files);
  if (decoder.typeUrls.length === 0) throw new MalformedResponseError("it describes no protobuf types");
  const row = { height, files: await deflate(files) };
  await db
    .insertInto("raw_descriptors")
    .values(row)
    .onConflict((conflict) => conflict.column("height").doUpdateSet({ files: row.files }))
    .execute();
  return decoder;
}

/** Nodes list files in any order. */
function inOrder(set: Uint8Array): Buffer {
  const files = bytesFields(set, FILES).sort(Buffer.compare);
  return Buffer.concat(files.flatMap((file) => [prefixOf(file.length), file]));
}

/** Tag and length of a field {@link FILES} of so many bytes. */
function prefixOf(length: number): Buffer {
  const bytes = [(FILES << 3) | 2];
  for (; length > 127; length >>>= 7) bytes.push((length & 127) | 128);
  return Buffer.from([...bytes, length]);
}
