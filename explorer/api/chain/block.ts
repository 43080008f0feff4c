import type { Block } from "../../wire/chain.ts";
import type { ApiContext } from "../http/route.ts";
import { shownEvent } from "./events.ts";
import { txsOfBlock } from "./lists.ts";
import { Shortener } from "./shown.ts";
import { readStoredBlock } from "./stored.ts";
import type { ValidatorNames } from "./validators.ts";

const TXS = 100;
const EVENTS = 500;
const VALUES = 20_000;

/** What a block's page shows beside its row: read from its bytes, and from the next block, which says who signed it. */
export async function readBlock(
  { db }: ApiContext,
  height: number,
  names: ValidatorNames,
): Promise<Pick<Block, "signatures" | "transactions" | "events" | "omittedEvents">> {
  const [block, next, transactions] = await Promise.all([
    readStoredBlock(db, height),
    readStoredBlock(db, height + 1),
    txsOfBlock(db, height, TXS),
  ]);
  if (!block) throw new Error(`block ${height} is indexed, but its bytes are gone`);
  const shown = new Shortener(VALUES);
  const events = block.events.slice(0, EVENTS).map((event) => shownEvent(event, shown));
  return {
    signatures: next?.signatures.map(({ address, signed }) => ({ ...names.signer(address), signed })) ?? null,
    transactions,
    events,
    omittedEvents: block.events.length - events.length,
  };
}
