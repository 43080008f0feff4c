import type { ReactNode } from "react";
import { Badge, type Tone } from "../../components/badge.tsx";
import type { Validator } from "../../../../wire/staking.ts";

type State = Pick<Validator, "status" | "jailed" | "tombstoned">;

/** Whether a validator makes blocks, and if not, why. */
export function StatusBadge({ validator }: { validator: State }): ReactNode {
  const { word, tone, title } = stateOf(validator);
  return (
    <Badge tone={tone} title={title}>
      {word}
    </Badge>
  );
}

function stateOf({ status, jailed, tombstoned }: State): { word: string; tone: Tone; title: string } {
  if (tombstoned)
    return {
      word: "Banned",
      tone: "bad",
      title: "It signed two blocks at one height and can never come back.",
    };
  if (jailed)
    return { word: "Jailed", tone: "bad", title: "It missed too many blocks and waits to be let in again." };
  if (status === "bonded")
    return { word: "Active", tone: "good", title: "It takes part in making every block." };
  if (status === "unbonding")
    return {
      word: "Leaving",
      tone: "warn",
      title: "It makes no blocks any more; its stake is on the way back.",
    };
  return { word: "Inactive", tone: "neutral", title: "Others have more stake, so it makes no blocks." };
}
