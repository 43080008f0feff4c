import type { Reading } from "./reader.ts";
import { modelNames, viewArena, viewHistory } from "./views/arena.ts";
import { viewBlock, viewClock, viewRules } from "./views/clock.ts";
import { viewEpoch, viewMoney } from "./views/epoch.ts";
import { viewConviction, viewScorers } from "./views/scorer.ts";
import { WIRE_FORMAT, type Delta, type Snapshot, type Status } from "./wire.ts";

/** Ended epochs the page lists. */
const EPOCHS_LISTED = 10;

/** Everything but the revision. */
export type Content = Omit<Snapshot, "revision">;

/** What a page shows before the node has answered for the first time. */
export function emptyContent(status: Status): Content {
  return {
    format: WIRE_FORMAT,
    status,
    chainId: "",
    clock: null,
    rules: null,
    blocks: [],
    arenas: [],
    history: [],
    scorers: [],
    convictions: [],
    epochs: [],
    money: null,
  };
}

/** Turns what was read from the chain into what the page shows. */
export function describe(reading: Reading, status: Status): Content {
  const names = modelNames(reading.arenas);
  return {
    format: WIRE_FORMAT,
    status,
    chainId: reading.chainId,
    clock: viewClock(reading),
    rules: viewRules(reading.clock.params),
    blocks: reading.blocks.map(viewBlock),
    arenas: reading.arenas.map((arena) => viewArena(arena, names, reading.epochs)),
    history: reading.arenas.map((arena) => viewHistory(arena, reading.modelEpochs)),
    scorers: viewScorers(reading),
    convictions: reading.convictions.map((conviction) => viewConviction(conviction, reading, names)),
    epochs: [...reading.epochs.values()].slice(-EPOCHS_LISTED).reverse().map(viewEpoch),
    money: viewMoney(reading),
  };
}

/** The parts of `after` that differ from `before`; undefined when none does. */
export function difference(before: Content, after: Content): Omit<Delta, "revision"> | undefined {
  const changed = Object.entries(after).filter(([part, value]) => {
    return JSON.stringify(value) !== JSON.stringify(before[part as keyof Content]);
  });
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}
