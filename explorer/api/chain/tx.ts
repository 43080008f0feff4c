import type { Tx, TxSummary } from "../../wire/chain.ts";
import { notFound } from "../http/errors.ts";
import type { ApiContext } from "../http/route.ts";
import type { DecodedTx } from "../index/block.ts";
import type { Decoder } from "../index/decode.ts";
import { messageIndexOf, shownEvent } from "./events.ts";
import { failureOf } from "./failures.ts";
import { findTx } from "./lists.ts";
import { Shortener } from "./shown.ts";
import { readStoredBlock } from "./stored.ts";

const MESSAGES = 200;
const EVENTS = 1_000;
/** Values in the decoded messages, in the events, and in the transaction as a whole. */
const VALUES = 20_000;
/** Larger transactions, such as registered models, are not handed out raw: the node has them. */
const RAW_BYTES = 64 * 1024;

/** A transaction with everything it says, decoded from the bytes of its block. Throws notFound. */
export async function readTx({ db, decoder }: ApiContext, hash: string): Promise<Tx> {
  const summary = await findTx(db, hash);
  if (!summary) throw notFound("There is no transaction of this hash in any block yet.");
  const block = await readStoredBlock(db, summary.height);
  const tx = block?.txs[summary.index];
  if (!tx) throw new Error(`block ${summary.height} is indexed, but its bytes are gone`);
  return shownTx(summary, tx, decoder);
}

export function shownTx(summary: TxSummary, tx: DecodedTx, decoder: Decoder): Tx {
  const shownMessages = new Shortener(VALUES);
  const messages = tx.messages.slice(0, MESSAGES).map(({ path, typeUrl, value }) => {
    const decoded = decoder.decode(typeUrl, value);
    return {
      path,
      typeUrl,
      value: decoded === undefined ? null : shownMessages.shorten(decoded),
      size: value.length,
    };
  });
  const events = tx.events.slice(0, EVENTS);
  const decoded = decoder.decode("/cosmos.tx.v1beta1.Tx", tx.bytes);
  return {
    ...summary,
    failure: failureOf(tx),
    messages,
    omittedMessages: tx.messages.length - messages.length,
    events: grouped(events),
    omittedEvents: tx.events.length - events.length,
    decoded: decoded === undefined ? null : new Shortener(VALUES).shorten(decoded),
    raw: {
      size: tx.bytes.length,
      base64: tx.bytes.length <= RAW_BYTES ? Buffer.from(tx.bytes).toString("base64") : null,
    },
  };
}

function grouped(events: DecodedTx["events"]): Tx["events"] {
  const shown = new Shortener(VALUES);
  const groups = new Map<number | null, Tx["events"][number]["events"]>();
  for (const event of events) {
    const message = messageIndexOf(event);
    const group = groups.get(message) ?? [];
    group.push(shownEvent(event, shown));
    groups.set(message, group);
  }
  return [...groups].map(([message, group]) => ({ message, events: group }));
}
