import type { ReactNode } from "react";
import { Badge, type Tone } from "../../components/badge.tsx";
import type { Proposal } from "../../../../wire/staking.ts";

const STATES: Readonly<Record<Proposal["status"], readonly [word: string, tone: Tone, title: string]>> = {
  deposit: ["Collecting deposit", "info", "It is voted on once enough is put down for it."],
  voting: ["Voting", "info", "Everyone who stakes may vote."],
  passed: ["Passed", "good", "It was accepted, and what it says was done."],
  rejected: ["Rejected", "bad", "Too few voted, or too few for it, or too many vetoed it."],
  failed: ["Failed", "bad", "It was accepted, but could not be done."],
  unknown: ["Unknown", "neutral", "This explorer does not know this state."],
};

/** How far a proposal got. */
export function ProposalStatus({ status }: { status: Proposal["status"] }): ReactNode {
  const [word, tone, title] = STATES[status];
  return (
    <Badge tone={tone} title={title}>
      {word}
    </Badge>
  );
}
