import type { ReactNode } from "react";
import type { ModelState } from "../../../../wire/poi-models.ts";
import { Badge } from "../../components/badge.tsx";
import { STATE_WORDS } from "./words.ts";

/** A model's place in its arena. */
export function StateBadge({ state, step }: { state: ModelState; step?: number | null }): ReactNode {
  const { tone, word, meaning } = STATE_WORDS[state];
  if (step === 0 && state === "archived") return <ReferenceBadge />;
  return (
    <span className="inline-flex flex-wrap gap-1">
      <Badge tone={tone} title={meaning}>
        {word}
      </Badge>
      {step === null || step === undefined ? null : step === 0 ? (
        <ReferenceBadge />
      ) : (
        <Badge title="The step of the ladder it took.">step {step}</Badge>
      )}
    </span>
  );
}

function ReferenceBadge(): ReactNode {
  return <Badge title="The public model the arena began with; it earns nothing.">reference</Badge>;
}
