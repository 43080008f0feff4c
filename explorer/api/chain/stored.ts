import type { Kysely } from "kysely";
import type { Database } from "../db/schema.ts";
import type { DecodedBlock } from "../index/block.ts";
import { NO_REQUEST, parseBlock, VALIDATORS_PATH } from "../index/parse.ts";
import { Answers, unpack } from "../index/raw.ts";

const NO_SIGNERS = { signers: () => [] };

/**
 * Reads a block from the bytes that were kept; undefined for one that was not. Of the node's answers that came with it
 * only the one that tells which validators did not sign is there, and who signed its transactions is left to the index.
 */
export async function readStoredBlock(
  db: Kysely<Database>,
  height: number,
): Promise<DecodedBlock | undefined> {
  const [packed, validators] = await Promise.all([
    db.selectFrom("raw_block").select(["block", "results"]).where("height", "=", height).executeTakeFirst(),
    db
      .selectFrom("raw_answer")
      .select("response")
      .where("height", "=", height)
      .where("path", "=", VALIDATORS_PATH)
      .executeTakeFirst(),
  ]);
  if (!packed) return undefined;
  const answers = new Answers();
  if (validators) answers.add({ path: VALIDATORS_PATH, request: NO_REQUEST, response: validators.response });
  return parseBlock(unpack(packed), { decoder: NO_SIGNERS, answers, first: false });
}
