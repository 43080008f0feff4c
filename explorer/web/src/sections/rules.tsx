import type { ReactNode } from "react";
import type { RulesView } from "../../../src/wire.ts";
import { formatBits, formatCount, formatPercent, plural } from "../format.ts";
import { Stat } from "../parts/values.tsx";

/** The parameters of the running epoch that explain the numbers above. */
export function Rules({ rules }: { rules: RulesView | null }): ReactNode {
  if (rules === null) return null;
  return (
    <details className="card rules">
      <summary>
        <h2>Rules of this epoch</h2>
      </summary>
      <dl className="stats">
        <Stat label="Batches per sponsor">{`${rules.batchesPerSponsor} × ${plural(rules.batchItems, "item")}`}</Stat>
        <Stat label="Answers audited">{formatPercent(rules.auditRatio)}</Stat>
        <Stat label="Least items of a comparison">{formatCount(rules.minItems)}</Stat>
        <Stat label="A step needs">{`(b − c)² ≥ ${rules.z2} (b + c)`}</Stat>
        <Stat label="A pot is full at">{formatBits(rules.fullGainBits)}</Stat>
        <Stat label="A step halves in">{plural(rules.halfLife, "settled epoch")}</Stat>
        <Stat label="A conviction costs">{`${formatPercent(rules.scorerSlash)} of the bond`}</Stat>
        <Stat label="Offences count for">{plural(rules.offenceWindow, "epoch")}</Stat>
        <Stat label="Results are kept for">{plural(rules.retainEpochs, "epoch")}</Stat>
      </dl>
    </details>
  );
}
