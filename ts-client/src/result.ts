import type { Event } from "@cosmjs/stargate";
import type { comet38 } from "@cosmjs/tendermint-rpc";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";

/** What a send did. */
export interface TxResult {
  /** Of the transaction, upper-case hex. Other callers' messages may be in the same transaction. */
  hash: string;
  height: number;
  /** By the whole transaction. */
  gasUsed: bigint;
  /** Events of this send's messages; their msg_index counts from its first message. */
  events: readonly Event[];
  /** Responses to this send's messages, in their order. */
  msgResponses: readonly { typeUrl: string; value: Uint8Array }[];
}

/** The part of a transaction's result that belongs to its messages [firstMessage, endMessage). */
export function sliceResult(
  tx: comet38.TxResponse,
  hash: string,
  part: { firstMessage: number; endMessage: number },
): TxResult {
  const { firstMessage, endMessage } = part;
  const { data, events, gasUsed } = tx.result;
  const { msgResponses } = TxMsgData.decode(data ?? new Uint8Array());
  return {
    hash,
    height: tx.height,
    gasUsed,
    events: events.flatMap(({ type, attributes }) => {
      const index = attributes.find(({ key }) => key === "msg_index")?.value;
      // Without an index it belongs to the transaction as a whole: its fee, its signature.
      if (index === undefined || Number(index) < firstMessage || Number(index) >= endMessage) return [];
      const own = attributes.map(({ key, value }) => ({
        key,
        value: key === "msg_index" ? String(Number(value) - firstMessage) : value,
      }));
      return [{ type, attributes: own }];
    }),
    msgResponses: msgResponses
      .slice(firstMessage, endMessage)
      .map(({ typeUrl, value }) => ({ typeUrl, value: Uint8Array.from(value) })),
  };
}
