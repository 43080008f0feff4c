import type { ClockView, PhaseName } from "../../../src/wire.ts";

/** SETTLE is drawn as long as this part of the other phases; it mostly takes a block. */
const SETTLE_SHARE = 0.14;

export interface PhaseProgress {
  current: PhaseName;
  /** Blocks until the phase ends; null in SETTLE, which has no fixed length. */
  left: number | null;
  /** `done` is the part that is over, 0 to 1. */
  phases: { name: PhaseName; blocks: number; done: number }[];
}

/** How far the epoch is. The clock says in which phase the next block falls. */
export function phaseProgress(clock: ClockView): PhaseProgress {
  const counted = clock.phases.reduce((sum, { blocks }) => sum + blocks, 0);
  const all = [...clock.phases, { name: "SETTLE" as const, blocks: Math.max(1, counted * SETTLE_SHARE) }];
  const current = all.findIndex(({ name }) => name === clock.phase);
  const passed = Math.max(0, clock.height - clock.phaseStart + 1);
  const left = clock.phaseEnd === null ? null : Math.max(0, clock.phaseEnd - clock.height);
  const phases = all.map(({ name, blocks }, index) => {
    if (index !== current) return { name, blocks, done: index < current ? 1 : 0 };
    return { name, blocks, done: left === null ? 0.5 : Math.min(1, passed / Math.max(1, passed + left)) };
  });
  return { current: clock.phase, left, phases };
}
