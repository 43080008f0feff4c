import { toBech32 } from "@cosmjs/encoding";
import { Arena, Contender, Step, TensorType, AnswerKind } from "@assay/client/generated/assay/poi/v1/arena";
import {
  ArenaEpoch,
  Clock,
  Conviction,
  EpochRecord,
  ModelEpoch,
  Phase,
  Slot,
} from "@assay/client/generated/assay/poi/v1/epoch";
import { Model, ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { Scorer } from "@assay/client/generated/assay/poi/v1/participant";
import { auditCount } from "@assay/client/protocol/draw";
import { ChainUnreachableError } from "@assay/client/errors";
import type { Block, ExplorerChain } from "../src/chain.ts";

/** Answers of a node of a small network, in the generated types: what the explorer reads, without a node. */

export const PARAMS = Params.fromPartial({
  beaconBlocks: 3,
  inputBlocks: 3,
  rowsBlocks: 6,
  labelBlocks: 3,
  challengeBlocks: 6,
  batchItems: 64,
  batchesPerSponsor: 4,
  minItems: 256,
  z2: 12,
  auditRatioBps: 1_000,
  fullGain: 8n << 16n,
  halfLife: 1_000,
  retainEpochs: 1_000,
  offenceWindow: 20,
  scorerSlashBps: 500,
  emissionCap: "1000000000000000",
});

/** Blocks of an epoch: those of the phases and one that settles. */
export const EPOCH_BLOCKS = 22;

const PHASES: readonly (readonly [Phase, number])[] = [
  [Phase.BEACON, 3],
  [Phase.INPUT, 3],
  [Phase.ROWS, 6],
  [Phase.LABEL, 3],
  [Phase.CHALLENGE, 6],
  [Phase.SETTLE, 1],
];

export function id(seed: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => (seed * 37 + index * 11) % 256);
}

export function address(seed: number): string {
  return toBech32("assay", id(seed).slice(0, 20));
}

interface Contestant {
  name: string;
  error: number;
  /** Epoch at whose settlement it takes a step. */
  steps?: number;
  card?: string;
}

interface Contest {
  name: string;
  description: string;
  shape: number[];
  type: TensorType;
  labels: number;
  preprocessing: string;
  contestants: Contestant[];
}

const CONTESTS: readonly Contest[] = [
  {
    name: "digits",
    description: "Handwritten digits, 28x28 grey, turned, bent, shifted and noisy",
    shape: [1, 28, 28],
    type: TensorType.UINT8,
    labels: 10,
    preprocessing: "gray-28x28",
    contestants: [
      { name: "digits-reference", error: 0.22 },
      { name: "digits-mlp-32", error: 0.085, steps: 2 },
      { name: "digits-conv-12", error: 0.034, steps: 5 },
      { name: "digits-conv-32", error: 0.013, steps: 9 },
      { name: "digits-conv-32-copy", error: 0.0133 },
    ],
  },
  {
    name: "languages",
    description: "Which of 58 languages a short text with typing mistakes is written in",
    shape: [128],
    type: TensorType.INT16,
    labels: 58,
    preprocessing: "char-ngrams-128",
    contestants: [
      { name: "languages-reference", error: 0.41 },
      { name: "languages-linear", error: 0.18, steps: 3 },
      { name: "languages-mlp", error: 0.07, steps: 6 },
      { name: "languages-deep", error: 0.052 },
    ],
  },
  {
    name: "spam",
    description: "Whether a mail is spam",
    shape: [512],
    type: TensorType.UINT8,
    labels: 2,
    preprocessing: "word-counts-512",
    contestants: [
      { name: "spam-reference", error: 0.12 },
      { name: "spam-mlp", error: 0.06 },
    ],
  },
];

const SCORERS = [1, 2, 3, 4].map((seed) => address(100 + seed));
const SPONSORS = [1, 2, 3, 4, 5].map((seed) => address(200 + seed));
/** Items a model is measured on in an epoch: five sponsors with four batches of 64. */
const ITEMS = 5 * 4 * 64;

/** A number in [-1, 1) that only depends on its seeds. */
function wobble(...seeds: number[]): number {
  const x =
    Math.sin(seeds.reduce((sum, seed, index) => sum + seed * (12.9898 + index * 65.113), 0)) * 43_758.5453;
  return (x - Math.floor(x)) * 2 - 1;
}

export interface FixtureOptions {
  /** Height the chain stands at. */
  height: number;
  /** Text that every name and description carries, as an author might who means no good. */
  hostile?: string;
  /** Whether scorer 3 forged a row in epoch 7. */
  forged?: boolean;
}

/** A chain that stands where it is told to. Time passes one second a block, from a fixed start. */
export class FixtureChain implements ExplorerChain {
  readonly chainId = "assay-local-1";
  height: number;
  /** While set, every call fails with it. */
  failure: Error | undefined;
  /** Queries answered, by name. */
  readonly calls = new Map<string, number>();
  readonly #hostile: string;
  readonly #forged: boolean;
  readonly #start: Date;

  constructor(
    { height, hostile = "", forged = false }: FixtureOptions,
    start = new Date("2026-11-21T12:00:00Z"),
  ) {
    this.height = height;
    this.#hostile = hostile;
    this.#forged = forged;
    this.#start = start;
  }

  unplug(): void {
    this.failure = new ChainUnreachableError("http://127.0.0.1:26657");
  }

  get epochNumber(): number {
    return Math.floor((this.height - 1) / EPOCH_BLOCKS) + 1;
  }

  async #answer<Result>(name: string, make: () => Result): Promise<Result> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    return make();
  }

  clock() {
    return this.#answer("clock", () => {
      const epochStart = (this.epochNumber - 1) * EPOCH_BLOCKS + 1;
      let start = epochStart;
      let at = PHASES[0] as readonly [Phase, number];
      for (const phase of PHASES) {
        at = phase;
        if (this.height < start + phase[1]) break;
        start += phase[1];
      }
      const clock = Clock.fromPartial({
        epoch: BigInt(this.epochNumber),
        phase: at[0],
        epochStart: BigInt(epochStart),
        phaseStart: BigInt(start),
        phaseEnd: at[0] === Phase.SETTLE ? 0n : BigInt(start + at[1] - 1),
        settledEpochs: BigInt(this.epochNumber - 1),
        frozen: true,
      });
      return { clock, params: PARAMS, height: BigInt(this.height) };
    });
  }

  blocks(from: number, to: number): Promise<Block[]> {
    return this.#answer("blocks", () =>
      Array.from({ length: to - from + 1 }, (_, index) => {
        const height = to - index;
        return {
          height,
          time: new Date(this.#start.getTime() + height * 1_000),
          txs: Math.floor(Math.abs(wobble(height)) * 9),
        };
      }),
    );
  }

  #taken(contest: Contest): { contestant: Contestant; seed: number; epoch: number; index: number }[] {
    const reference = contest.contestants[0];
    if (reference === undefined) return [];
    const taken = contest.contestants
      .map((contestant, index) => ({
        contestant,
        seed: this.#seed(contest, index),
        epoch: contestant.steps ?? Infinity,
      }))
      .filter(({ epoch }) => epoch < this.epochNumber)
      .sort((a, b) => a.epoch - b.epoch);
    return [{ contestant: reference, seed: this.#seed(contest, 0), epoch: 0 }, ...taken].map(
      (step, index) => ({ ...step, index }),
    );
  }

  #seed(contest: Contest, index: number): number {
    return (CONTESTS.indexOf(contest) + 1) * 10 + index;
  }

  arenas() {
    return this.#answer("arenas", () =>
      CONTESTS.map((contest, index) => {
        const taken = this.#taken(contest);
        return Arena.fromPartial({
          id: BigInt(index + 1),
          spec: {
            name: contest.name,
            description: contest.description + this.#hostile,
            inputType: contest.type,
            inputShape: contest.shape,
            preprocessing: contest.preprocessing,
            answer: AnswerKind.CLASS,
            labels: Array.from({ length: contest.labels }, (_, label) => `${label}`),
          },
          weight: [100, 60, 40][index] ?? 0,
          steps: taken.length,
          top: id(taken.at(-1)?.seed ?? 0),
          called: this.#calledIn(contest, this.epochNumber),
          settledEpochs: BigInt(this.epochNumber - 1),
        });
      }),
    );
  }

  /** The model that takes a step at the end of `epoch` or of the one after was called for it. */
  #calledIn(contest: Contest, epoch: number): Uint8Array {
    const index = contest.contestants.findIndex(({ steps }) => steps === epoch || steps === epoch + 1);
    return index < 0 ? new Uint8Array() : id(this.#seed(contest, index));
  }

  ladder(arena: bigint) {
    return this.#answer("ladder", () =>
      this.#taken(contestOf(arena)).map(({ contestant, seed, epoch, index }, position, all) => {
        const before = all[position - 1];
        const gain = before === undefined ? 0 : Math.log2(before.contestant.error / contestant.error);
        return Step.fromPartial({
          arena,
          index,
          model: id(seed),
          epoch: BigInt(epoch),
          gain: BigInt(Math.round(gain * 65_536)),
          settledEpoch: BigInt(epoch),
          weighted: true,
          comparisons:
            before === undefined
              ? []
              : [{ opponent: id(before.seed), b: 96, c: 12, n: 768, wrongOld: 168, wrongNew: 84 }],
        });
      }),
    );
  }

  models(arena: bigint) {
    const contest = contestOf(arena);
    return this.#answer("models", () =>
      contest.contestants.map((contestant, index) => {
        const seed = this.#seed(contest, index);
        const taken = this.#taken(contest);
        const step = taken.find((entry) => entry.seed === seed);
        const isTop = taken.at(-1)?.seed === seed;
        const measured = this.#measure(contest, seed, contestant);
        const sum = measured.reduce((total, { accuracy }) => total + BigInt(accuracy), 0n);
        return Model.fromPartial({
          id: id(seed),
          arena,
          author: address(seed),
          name: contestant.name + this.#hostile,
          card: "A model.",
          terms: { licence: "Apache-2.0", royaltyBps: 100, parents: [], inferFee: "1000" },
          status: isTop ? ModelStatus.TOP : step === undefined ? ModelStatus.CONTENDER : ModelStatus.ARCHIVED,
          macs: BigInt(20_000 + index * 31_000),
          elements: 120n,
          fileBytes: 40_000 + index * 20_000,
          hasFile: true,
          registeredHeight: BigInt(index),
          accuracy: measured.at(-1)?.accuracy ?? 0,
          smoothed: measured.at(-1)?.smoothed ?? 0,
          scoredItems: BigInt(measured.length * ITEMS),
          accuracySum: sum,
          scoredEpochs: BigInt(measured.length),
          stepMark: step === undefined ? 0 : step.index + 1,
          bonded: true,
        });
      }),
    );
  }

  #measure(contest: Contest, seed: number, { error }: Contestant): ModelEpoch[] {
    let smoothed: number | undefined;
    return Array.from({ length: this.epochNumber - 1 }, (_, index) => {
      const epoch = index + 1;
      const spread = Math.sqrt((error * (1 - error)) / ITEMS);
      const accuracy = Math.floor(
        (1 - Math.max(0.001, error + spread * wobble(seed, epoch) * 1.5)) * 1_000_000,
      );
      smoothed = smoothed === undefined ? accuracy : Math.floor((3 * accuracy + 7 * smoothed) / 10);
      return ModelEpoch.fromPartial({
        epoch: BigInt(epoch),
        arena: BigInt(CONTESTS.indexOf(contest) + 1),
        model: id(seed),
        accuracy,
        smoothed,
        items: ITEMS,
      });
    });
  }

  modelEpochs(modelHex: string, limit: number) {
    return this.#answer("modelEpochs", () => {
      for (const contest of CONTESTS) {
        const index = contest.contestants.findIndex(
          (_, at) => Buffer.from(id(this.#seed(contest, at))).toString("hex") === modelHex,
        );
        const contestant = contest.contestants[index];
        if (contestant === undefined) continue;
        return this.#measure(contest, this.#seed(contest, index), contestant).reverse().slice(0, limit);
      }
      return [];
    });
  }

  contenders(arena: bigint) {
    const contest = contestOf(arena);
    return this.#answer("contenders", () => {
      const taken = this.#taken(contest);
      const top = taken.at(-1);
      return contest.contestants.flatMap((contestant, index) => {
        const seed = this.#seed(contest, index);
        if (top === undefined || taken.some((step) => step.seed === seed)) return [];
        const epochs = Math.max(0, this.epochNumber - 1 - top.epoch);
        const called = Buffer.from(this.#calledIn(contest, this.epochNumber)).equals(id(seed));
        const n = epochs * 256;
        const better = contestant.error < top.contestant.error;
        const b = Math.round(n * (better ? 0.09 : 0.02));
        const c = Math.round(n * (better ? 0.02 : 0.021));
        const counts = SPONSORS.map((sponsor) => ({ sponsor, b, c, n, wrongOld: b + c, wrongNew: 2 * c }));
        return Contender.fromPartial({
          arena,
          model: id(seed),
          reservationSeq: BigInt(seed),
          sponsors: SPONSORS,
          firstEpoch: 1n,
          screening: counts,
          trials: called && epochs > 0 ? [{ opponent: id(top.seed), counts }] : [],
          calls: called ? 1 : 0,
        });
      });
    });
  }

  scorers() {
    return this.#answer("scorers", () =>
      SCORERS.map((operator, index) => {
        const convicted = this.#convicted(index);
        return Scorer.fromPartial({
          operator,
          hotKey: address(300 + index),
          bonded: true,
          misses: index === 1 && this.epochNumber > 4 ? [4n] : [],
          convictions: convicted ? [7n] : [],
          rowsAssigned: BigInt((this.epochNumber - 1) * 55),
          rowsStood: BigInt((this.epochNumber - 1) * 55 - (convicted ? 55 : 0)),
        });
      }),
    );
  }

  #convicted(index: number): boolean {
    return this.#forged && index === 2 && this.epochNumber > 7;
  }

  convictions() {
    return this.#answer("convictions", () => {
      if (!this.#convicted(2)) return [];
      return [
        Conviction.fromPartial({
          epoch: 7n,
          scorer: SCORERS[2] ?? "",
          slot: 14n,
          model: id(12),
          item: 41,
          expectedAnswer: Uint8Array.of(3),
          expectedTag: Uint8Array.of(0x5a, 0x11, 0x9c, 0x02),
          recordedAnswer: Uint8Array.of(8),
          recordedTag: Uint8Array.of(0, 0, 0, 0),
          slashed: "50000000",
          challenger: address(101),
          reward: "25000000",
          height: BigInt(7 * EPOCH_BLOCKS - 3),
        }),
      ];
    });
  }

  emission() {
    return this.#answer("emission", () => ({
      state: {
        minted: (BigInt(this.epochNumber - 1) * 88_000_000n).toString(),
        lastHeight: BigInt(this.height),
      },
      emission: undefined,
      perBlock: 5_000_000n,
    }));
  }

  epoch(number: bigint) {
    return this.#answer("epoch", () => {
      const epoch = Number(number);
      if (epoch < 1 || epoch >= this.epochNumber) return undefined;
      const forged = this.#forged && epoch === 7;
      const record = EpochRecord.fromPartial({
        epoch: number,
        startHeight: BigInt((epoch - 1) * EPOCH_BLOCKS + 1),
        endHeight: BigInt(epoch * EPOCH_BLOCKS),
        scorersFrozen: 4,
        scorersRevealed: 4,
        slots: 60,
        slotsCounted: forged ? 45 : 60,
        auditedItems: BigInt(60 * 4 * auditCount(64, 1_000)),
        challenges: forged ? 1 : 0,
        convictions: forged ? 1 : 0,
        arenasSettled: CONTESTS.length,
        emission: {
          epoch: number,
          budget: "110000000",
          authors: "33000000",
          scorers: "22000000",
          sponsors: "11000000",
          validators: "11000000",
          pool: "11000000",
          minted: "88000000",
        },
        params: PARAMS,
      });
      const arenas = CONTESTS.map((contest, index) =>
        ArenaEpoch.fromPartial({
          epoch: number,
          arena: BigInt(index + 1),
          settled: true,
          weight: 100,
          sponsorsFrozen: 5,
          sponsorsCounted: 5,
          models: contest.contestants.map((_, at) => id(this.#seed(contest, at))),
          called: this.#calledIn(contest, epoch),
          steps: this.#taken(contest)
            .filter((step) => step.index > 0 && step.epoch <= epoch)
            .map((step) => ({
              step: step.index,
              model: id(step.seed),
              author: address(step.seed),
              emission: "5500000",
              funded: index === 0 ? "250000" : "0",
            })),
        }),
      );
      return { epoch: record, arenas };
    });
  }

  slots(number: bigint) {
    return this.#answer("slots", () =>
      Array.from({ length: 60 }, (_, slot) => {
        const scorer = slot % 4;
        const convicted = this.#forged && number === 7n && scorer === 2;
        return Slot.fromPartial({
          epoch: number,
          id: BigInt(slot),
          arena: BigInt(Math.floor(slot / 20) + 1),
          sponsor: SPONSORS[slot % 5],
          scorer: SCORERS[scorer],
          inputsRoot: id(slot),
          labels: new Uint8Array(64),
          salt: id(slot),
          rowsPosted: true,
          counted: !convicted,
          voidReason: convicted ? "scorer convicted" : "",
        });
      }),
    );
  }

  monikers() {
    return this.#answer(
      "monikers",
      () => new Map(SCORERS.map((scorer, index) => [scorer, `validator-${index}${this.#hostile}`])),
    );
  }
}

function contestOf(arena: bigint): Contest {
  const contest = CONTESTS[Number(arena) - 1];
  if (contest === undefined) throw new RangeError(`no arena ${arena}`);
  return contest;
}
