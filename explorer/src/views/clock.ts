import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";
import type { Block } from "../chain.ts";
import { bits, count } from "../numbers.ts";
import type { Reading } from "../reader.ts";
import type { BlockView, ClockView, PhaseName, RulesView } from "../wire.ts";

const NAMES: ReadonlyMap<Phase, PhaseName> = new Map([
  [Phase.BEACON, "BEACON"],
  [Phase.INPUT, "INPUT"],
  [Phase.ROWS, "ROWS"],
  [Phase.LABEL, "LABEL"],
  [Phase.CHALLENGE, "CHALLENGE"],
  [Phase.SETTLE, "SETTLE"],
]);

export function viewClock({ clock: { clock, params, height }, blocks }: Reading): ClockView {
  const phaseEnd = count(clock.phaseEnd);
  return {
    epoch: count(clock.epoch),
    // Before its first block the chain stands where its first phase will begin.
    phase: NAMES.get(clock.phase) ?? "BEACON",
    epochStart: count(clock.epochStart),
    phaseStart: count(clock.phaseStart),
    phaseEnd: phaseEnd === 0 ? null : phaseEnd,
    settledEpochs: count(clock.settledEpochs),
    height: count(height),
    phases: [
      { name: "BEACON", blocks: params.beaconBlocks },
      { name: "INPUT", blocks: params.inputBlocks },
      { name: "ROWS", blocks: params.rowsBlocks },
      { name: "LABEL", blocks: params.labelBlocks },
      { name: "CHALLENGE", blocks: params.challengeBlocks },
    ],
    secondsPerBlock: secondsPerBlock(blocks),
  };
}

function secondsPerBlock(blocks: readonly Block[]): number | null {
  const newest = blocks.at(0);
  const oldest = blocks.at(-1);
  if (newest === undefined || oldest === undefined || newest.height === oldest.height) return null;
  return (newest.time.getTime() - oldest.time.getTime()) / 1000 / (newest.height - oldest.height);
}

export function viewRules(params: Params): RulesView {
  return {
    batchItems: params.batchItems,
    batchesPerSponsor: params.batchesPerSponsor,
    auditRatio: params.auditRatioBps / 10_000,
    minItems: params.minItems,
    z2: params.z2,
    fullGainBits: bits(params.fullGain),
    halfLife: params.halfLife,
    retainEpochs: params.retainEpochs,
    offenceWindow: params.offenceWindow,
    scorerSlash: params.scorerSlashBps / 10_000,
  };
}

export function viewBlock({ height, time, txs }: Block): BlockView {
  return { height, time: time.toISOString(), txs };
}
