/** Numbers of a real network: one arena, whose first contender took the first step in epoch 43. */
import { Comparison, Contender, Counts, Step } from "../../src/generated/assay/poi/v1/arena.ts";
import {
  ArenaEpoch,
  Emission,
  EpochRecord,
  ModelEpoch,
  ParticipantPay,
  SponsorScore,
  StepPay,
} from "../../src/generated/assay/poi/v1/epoch.ts";
import { Params } from "../../src/generated/assay/poi/v1/params.ts";
import type { Evidence, Standing } from "../../src/protocol/why.ts";

export const SPONSORS = [
  "assay1jchzsxtp9rhf2qynxwqefqa2qgxtgakdwqcrve",
  "assay1tj3evhw6qtxs8mv0yqwtar2ylc72kpkzt0kysf",
  "assay1mpejgyxdw4skgysfm97kyxxn92uudlmmwan6p8",
  "assay1522n66gvkaywhlzs6fjngl9jm7zh4r8s8mdqyc",
  "assay1yzn0k7v74r8t3kascw87nfxffrcrd95p3zg4yv",
] as const;
const SCORER = "assay1hqlws3kxvrd4dqpd66dsf5su62zzuzrgqcgvjv";

export const id = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
export const [REFERENCE, MLP, CONV12, CONV32] = [id(1), id(2), id(3), id(4)] as const;

const params = Params.fromPartial({
  minItems: 256,
  z2: 12,
  fullGain: 524_288n,
  halfLife: 1000,
  batchItems: 64,
});

const emission = Emission.fromPartial({
  budget: "220000000",
  authors: "15702896",
  scorers: "44000000",
  sponsors: "22000000",
  validators: "22000000",
  pool: "22000000",
  minted: "125702896",
});

const pay = StepPay.fromPartial({
  step: 1,
  model: MLP,
  author: SPONSORS[0],
  gain: 74_844n,
  age: 0n,
  decayed: 74_844n,
  emission: "15702896",
  funded: "0",
});

const arena43 = ArenaEpoch.fromPartial({
  epoch: 43n,
  arena: 1n,
  settled: true,
  weight: 100,
  weightSum: 100n,
  sponsorsFrozen: 5,
  sponsorsCounted: 5,
  authorsPot: "110000000",
  fundedPot: "0",
  scorersPot: "44000000",
  sponsorsPot: "22000000",
  divisor: 524_288n,
  fundedDivisor: 524_288n,
  steps: [pay],
  scorers: [ParticipantPay.fromPartial({ address: SCORER, done: 100, assigned: 100, pay: "44000000" })],
  sponsors: SPONSORS.map((address) =>
    ParticipantPay.fromPartial({ address, done: 4, assigned: 4, pay: "4400000" }),
  ),
  models: [REFERENCE, MLP, CONV12, CONV32],
  called: MLP,
  stepAccepted: 1,
});

const score = (correct: number, i: number): SponsorScore =>
  SponsorScore.fromPartial({ sponsor: SPONSORS[i] ?? "", correct, items: 256 });

const trial = Comparison.fromPartial({
  opponent: REFERENCE,
  b: 159,
  c: 19,
  n: 512,
  wrongOld: 255,
  wrongNew: 115,
  gain: 74_844n,
});

const measured43 = ModelEpoch.fromPartial({
  epoch: 43n,
  arena: 1n,
  model: MLP,
  accuracy: 792_968,
  smoothed: 784_765,
  items: 1280,
  sponsors: [196, 190, 207, 212, 203].map(score),
  screening: Comparison.fromPartial({
    opponent: REFERENCE,
    b: 332,
    c: 34,
    n: 1024,
    wrongOld: 520,
    wrongNew: 222,
    gain: 80_232n,
  }),
  trials: [trial],
  called: true,
  stepAccepted: 1,
});

const ladder = [
  Step.fromPartial({ arena: 1n, index: 0, model: REFERENCE }),
  Step.fromPartial({
    arena: 1n,
    index: 1,
    model: MLP,
    epoch: 43n,
    gain: 74_844n,
    settledEpoch: 2n,
    weighted: true,
    comparisons: [trial],
  }),
];

/** Epoch 43, in which MLP was called and took step 1. */
export function stepTaken(changes: Partial<Evidence> = {}): Evidence {
  return {
    model: MLP,
    epoch: EpochRecord.fromPartial({ epoch: 43n, emission, params }),
    arenas: [arena43],
    arena: arena43,
    result: measured43,
    smoothedBefore: 781_250,
    ladder,
    standings: [],
    contender: undefined,
    ...changes,
  };
}

const standing = (model: Uint8Array, sequence: bigint | undefined, b: number, c: number): Standing => ({
  model,
  sequence,
  screening: Comparison.fromPartial({ opponent: MLP, b, c, n: 512 }),
});

/** Counts per sponsor, from the least favourable to the most; kept are the second and the third. */
const counts = [
  [1, 5, 100],
  [20, 4, 256],
  [60, 10, 256],
  [70, 1, 200],
  [90, 1, 200],
].map(([b = 0, c = 0, n = 0], i) =>
  Counts.fromPartial({ sponsor: SPONSORS[i] ?? "", b, c, n, wrongOld: b + 10, wrongNew: c + 10 }),
);

const arena44 = ArenaEpoch.fromPartial({
  ...arena43,
  epoch: 44n,
  steps: [{ ...pay, age: 1n }],
  called: new Uint8Array(),
  calledNext: CONV12,
  stepAccepted: 0,
});

/** Epoch 44: nobody was called; CONV12, reserved before a better one, is called next. */
export function calledNext(changes: Partial<Evidence> = {}): Evidence {
  return {
    ...stepTaken(),
    model: CONV12,
    epoch: EpochRecord.fromPartial({ epoch: 44n, emission, params }),
    arenas: [arena44],
    arena: arena44,
    smoothedBefore: "first",
    result: ModelEpoch.fromPartial({
      epoch: 44n,
      arena: 1n,
      model: CONV12,
      accuracy: 910_156,
      smoothed: 910_156,
      items: 1280,
      sponsors: [233, 233, 234, 232, 240].map(score),
      screening: Comparison.fromPartial({
        opponent: MLP,
        b: 80,
        c: 14,
        n: 512,
        wrongOld: 100,
        wrongNew: 34,
        gain: 100_200n,
      }),
    }),
    standings: [standing(CONV32, 3n, 100, 5), standing(CONV12, 2n, 80, 14), standing(id(5), 1n, 9, 9)],
    contender: Contender.fromPartial({ model: CONV12, sponsors: [...SPONSORS], screening: counts }),
    ...changes,
  };
}
