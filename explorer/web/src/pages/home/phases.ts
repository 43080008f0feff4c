import type { Clock, Phase } from "../../../../wire/home.ts";

/** SETTLE is drawn as long as this part of the other phases; it mostly takes a block. */
const SETTLE_SHARE = 0.14;

export interface PhasePart {
  phase: Phase;
  /** How wide it is drawn, in blocks. */
  width: number;
  /** The part that is over, 0 to 1. */
  done: number;
}

export interface PhaseProgress {
  /** Blocks until the phase ends; null in SETTLE, which has no fixed length. */
  left: number | null;
  parts: PhasePart[];
}

/** How far the epoch is. */
export function phaseProgress(clock: Clock): PhaseProgress {
  const { height } = clock;
  const counted = clock.phases.reduce((sum, { blocks }) => sum + blocks, 0);
  const all: { phase: Phase; blocks: number }[] = [
    ...clock.phases,
    { phase: "SETTLE", blocks: Math.max(1, counted * SETTLE_SHARE) },
  ];
  const current = all.findIndex(({ phase }) => phase === clock.phase);
  const passed = Math.max(0, height - clock.phaseStart + 1);
  const left = clock.phaseEnd === null ? null : Math.max(0, clock.phaseEnd - height);
  const parts = all.map(({ phase, blocks }, index) => {
    if (index !== current) return { phase, width: blocks, done: index < current ? 1 : 0 };
    // An hour-glass without a scale: SETTLE is half over until it is over.
    return {
      phase,
      width: blocks,
      done: left === null ? 0.5 : Math.min(1, passed / Math.max(1, passed + left)),
    };
  });
  return { left, parts };
}
