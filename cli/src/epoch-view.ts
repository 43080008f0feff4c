import { getFrozen } from "@assay/client/actions/getFrozen";
import { getSlots } from "@assay/client/actions/getSlots";
import type { GetClockReturnType } from "@assay/client/actions/getClock";
import type { AssayClient } from "@assay/client/client";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";
import { phaseName } from "@assay/service-kit/clock";

/** The running epoch at one height. Its shape is that of `assay epoch --json`. */
export interface EpochView {
  readonly epoch: bigint;
  readonly phase: string;
  readonly height: bigint;
  readonly phaseStart: bigint;
  /** Last block of the phase; absent in SETTLE, whose end depends on the queues. */
  readonly phaseEnd: bigint | undefined;
  readonly scorers: { readonly frozen: number; readonly revealed: number; readonly convicted: number };
  readonly arenas: { readonly frozen: number; readonly drawing: number; readonly called: number };
  readonly slots: {
    readonly drawn: number;
    readonly inputs: number;
    readonly rows: number;
    readonly labels: number;
  };
}

/** Reads what the epoch of `reading` has come to. */
export async function readEpochView(
  client: AssayClient,
  { clock, height }: GetClockReturnType,
): Promise<EpochView> {
  const [{ arenas, scorers }, slots] = await Promise.all([
    getFrozen(client),
    getSlots(client, { epoch: clock.epoch }),
  ]);
  return {
    epoch: clock.epoch,
    phase: phaseName(clock.phase),
    height,
    phaseStart: clock.phaseStart,
    phaseEnd: clock.phaseEnd === 0n ? undefined : clock.phaseEnd,
    scorers: {
      frozen: scorers.length,
      revealed: scorers.filter(({ link }) => link.length > 0).length,
      convicted: scorers.filter(({ convicted }) => convicted).length,
    },
    arenas: {
      frozen: arenas.length,
      drawing: arenas.filter(({ draws }) => draws).length,
      called: arenas.filter(({ called }) => called.length > 0).length,
    },
    slots: {
      drawn: slots.length,
      inputs: slots.filter(({ inputsRoot }) => inputsRoot.length > 0).length,
      rows: slots.filter(({ rowsPosted }) => rowsPosted).length,
      labels: slots.filter(({ labels }) => labels.length > 0).length,
    },
  };
}

const PHASES = [Phase.BEACON, Phase.INPUT, Phase.ROWS, Phase.LABEL, Phase.CHALLENGE, Phase.SETTLE] as const;

/** Blocks of a phase; SETTLE takes at least one. */
function blocksOf(phase: Phase, params: Params): number {
  const { beaconBlocks, inputBlocks, rowsBlocks, labelBlocks, challengeBlocks } = params;
  const blocks = new Map<Phase, number>([
    [Phase.BEACON, beaconBlocks],
    [Phase.INPUT, inputBlocks],
    [Phase.ROWS, rowsBlocks],
    [Phase.LABEL, labelBlocks],
    [Phase.CHALLENGE, challengeBlocks],
  ]);
  return blocks.get(phase) ?? 1;
}

/**
 * The phases side by side, each as wide as its share of the epoch's blocks, filled as far as the epoch has come.
 *
 * @param width in characters, at least as many as the names need.
 * @returns two lines: names and bar.
 */
export function phaseBar({ clock, params, height }: GetClockReturnType, width: number): string {
  const total = PHASES.reduce((sum, phase) => sum + blocksOf(phase, params), 0);
  const cells = PHASES.map((phase) => {
    const name = phaseName(phase);
    const blocks = blocksOf(phase, params);
    const size = Math.max(name.length, Math.floor(((width - PHASES.length) * blocks) / total));
    return { name: name.padEnd(size), bar: bar(size, doneBlocks(phase, clock, height, blocks), blocks) };
  });
  return `${cells
    .map(({ name }) => name)
    .join(" ")
    .trimEnd()}\n${cells.map(({ bar: cell }) => cell).join(" ")}`;
}

function doneBlocks(
  phase: Phase,
  clock: GetClockReturnType["clock"],
  height: bigint,
  blocks: number,
): number {
  if (phase < clock.phase) return blocks;
  if (phase > clock.phase || phase === Phase.SETTLE) return 0;
  return Math.min(blocks, Math.max(0, Number(height - clock.phaseStart) + 1));
}

function bar(size: number, done: number, whole: number): string {
  const filled = Math.floor((size * done) / whole);
  return "█".repeat(filled) + "░".repeat(size - filled);
}

/** What happened in the epoch so far, in one line. */
export function summary({ scorers, slots, arenas }: EpochView): string {
  const convicted = scorers.convicted > 0 ? `, ${scorers.convicted} CONVICTED` : "";
  return (
    `${scorers.revealed}/${scorers.frozen} scorers revealed${convicted}; ${arenas.drawing}/${arenas.frozen} arenas draw, ${arenas.called} called; ` +
    `slots: ${slots.drawn} drawn, ${slots.inputs} inputs, ${slots.rows} rows, ${slots.labels} labels`
  );
}

/** Where the phase is, in one line. */
export function position({ epoch, phase, height, phaseEnd }: EpochView): string {
  const left = phaseEnd === undefined ? "until the queues are empty" : `until block ${phaseEnd}`;
  return `epoch ${epoch}  ${phase} ${left}, now ${height}`;
}
