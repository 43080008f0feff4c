import { MsgVote, MsgVoteWeighted } from "cosmjs-types/cosmos/gov/v1/tx";
import {
  MsgVote as OldMsgVote,
  MsgVoteWeighted as OldMsgVoteWeighted,
} from "cosmjs-types/cosmos/gov/v1beta1/tx";
import type { DecodedMessage } from "../index/block.ts";

/** What somebody voted. */
export interface CastVote {
  proposal: number;
  voter: string;
  /** Options as the chain numbers them, with weights in parts per million. */
  options: [option: number, weightPpm: number][];
}

const ALL = 1_000_000;

/** Votes among the messages of a transaction that succeeded, in order. */
export function votesOf(messages: readonly DecodedMessage[]): CastVote[] {
  return messages.flatMap(({ typeUrl, value }) => {
    const read = READERS.get(typeUrl);
    return read === undefined ? [] : [read(value)];
  });
}

const READERS: ReadonlyMap<string, (bytes: Uint8Array) => CastVote> = new Map([
  ["/cosmos.gov.v1.MsgVote", (bytes) => single(MsgVote.decode(bytes))],
  ["/cosmos.gov.v1beta1.MsgVote", (bytes) => single(OldMsgVote.decode(bytes))],
  ["/cosmos.gov.v1.MsgVoteWeighted", (bytes) => weighted(MsgVoteWeighted.decode(bytes), decimalPpm)],
  ["/cosmos.gov.v1beta1.MsgVoteWeighted", (bytes) => weighted(OldMsgVoteWeighted.decode(bytes), fixedPpm)],
]);

function single({
  proposalId,
  voter,
  option,
}: {
  proposalId: bigint;
  voter: string;
  option: number;
}): CastVote {
  return { proposal: Number(proposalId), voter, options: [[option, ALL]] };
}

function weighted(
  message: {
    proposalId: bigint;
    voter: string;
    options: readonly { option: number; weight: string }[];
  },
  ppm: (weight: string) => number,
): CastVote {
  return {
    proposal: Number(message.proposalId),
    voter: message.voter,
    options: message.options.map(({ option, weight }) => [option, ppm(weight)]),
  };
}

/** "0.25" as parts per million. */
export function decimalPpm(text: string): number {
  return Math.round(Number(text) * ALL);
}

/** A decimal as the older messages carry it: an integer with 18 digits after the point. */
function fixedPpm(text: string): number {
  return Number(BigInt(text) / 10n ** 12n);
}
