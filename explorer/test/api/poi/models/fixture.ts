/** A small chain: one arena whose ladder has a step, as its node answers and as the index holds it. */
import type { Kysely } from "kysely";
import type { AssayClient } from "@assay/client/client";
import { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { Service, ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import {
  AnswerKind,
  Arena,
  ArenaSpec,
  Comparison,
  Contender,
  Counts,
  TensorType,
} from "@assay/client/generated/assay/poi/v1/arena";
import { Model, ModelStatus, ModelTerms } from "@assay/client/generated/assay/poi/v1/model";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { Sponsor } from "@assay/client/generated/assay/poi/v1/participant";
import type { Evidence } from "@assay/client/protocol/why";
import {
  calledNext,
  CONV12,
  CONV32,
  MLP,
  REFERENCE,
  SPONSORS,
  stepTaken,
} from "../../../../../ts-client/test/protocol/why-fixture.ts";
import { insertMany } from "../../../../api/db/insert.ts";
import type { Database } from "../../../../api/db/schema.ts";
import { hex } from "../../../../api/hex.ts";
import type { NodeState } from "../../../../api/node/state.ts";
import { comparisonJson } from "../../../../api/poi/values.ts";

export const AUTHORS = [
  "assay12cmjec96z9qqlpfadj04nhhmj59rv3qkl40r8k",
  "assay1yjfd2nkrc9md4x4x2p548suw9ywpae8km2ypfc",
] as const;
export const PROVIDER = "assay1gplsrxe070gnl24neyvdjuwkutz7arch4csqm0";
export const TX = "AB".repeat(32);
export { CONV12, CONV32, MLP, REFERENCE, SPONSORS };
/** Parameters a real epoch runs with. */
export const PARAMS = Params.fromPartial({
  ...stepTaken().epoch.params,
  batchItems: 4,
  maxModels: 64,
  settleBudget: 4,
  emissionPerBlock: "10000000",
  blocksPerHalving: 50_000_000n,
  emissionCap: "1000000000000000",
});

export const HOSTILE = "\u202e<img src=x onerror=alert(1)>\u0000\u200b";

export interface ChainParts {
  arenas?: Arena[];
  models?: Model[];
  services?: Service[];
}

export const arena = Arena.fromPartial({
  id: 1n,
  spec: ArenaSpec.fromPartial({
    name: "digits",
    description: "Handwritten\u202e digits",
    inputType: TensorType.INT16,
    inputShape: [1, 2, 2],
    preprocessing: "gray-28x28",
    answer: AnswerKind.CLASS,
    labels: ["zero", "one"],
  }),
  creator: PROVIDER,
  curator: PROVIDER,
  weight: 100,
  steps: 2,
  top: MLP,
  called: CONV12,
  settledEpochs: 3n,
  potPerEpoch: "5",
  createdHeight: 1n,
});

export function modelOf(id: Uint8Array, more: Partial<Model> = {}): Model {
  return Model.fromPartial({
    id,
    arena: 1n,
    author: AUTHORS[0],
    name: `model-${id[0]}`,
    terms: ModelTerms.fromPartial({ licence: "Apache-2.0", royaltyBps: 1000, inferFee: "7" }),
    status: ModelStatus.CONTENDER,
    macs: 1000n,
    elements: 24n,
    fileBytes: 2048,
    hasFile: true,
    registeredHeight: BigInt(20 + (id[0] ?? 0)),
    accuracy: 792_968,
    smoothed: 784_765,
    scoredItems: 2560n,
    accuracySum: 1_585_936n,
    scoredEpochs: 2n,
    ...more,
  });
}

export const models = [
  modelOf(REFERENCE, {
    status: ModelStatus.ARCHIVED,
    stepMark: 1,
    accuracySum: 1_000_000n,
    smoothed: 500_000,
    registeredHeight: 0n,
  }),
  modelOf(MLP, { status: ModelStatus.TOP, stepMark: 2, terms: terms(REFERENCE) }),
  modelOf(CONV12, { smoothed: 910_156, accuracySum: 1_820_312n, author: AUTHORS[1], terms: terms(MLP) }),
  modelOf(CONV32, { scoredEpochs: 0n, scoredItems: 0n, accuracySum: 0n, terms: terms(MLP) }),
];

function terms(...parents: Uint8Array[]): ModelTerms {
  return ModelTerms.fromPartial({ licence: "Apache-2.0", royaltyBps: 1000, parents, inferFee: "0" });
}

const service = Service.fromPartial({
  id: 9n,
  provider: PROVIDER,
  name: HOSTILE,
  model: MLP,
  price: 200n,
  denom: "uassay",
  status: ServiceStatus.ACTIVE,
  probes: { epoch: 43n, reporters: 4, calls: 12n, answeredBps: 9_800, p50Ms: 3, p95Ms: 9 },
});

/** Per sponsor, from the least favourable to the most: the second and the third are kept. */
const counts = [
  [1, 5, 100],
  [20, 4, 256],
  [60, 10, 256],
  [70, 1, 200],
  [90, 1, 200],
].map(([b = 0, c = 0, n = 0], i) =>
  Counts.fromPartial({ sponsor: SPONSORS[i] ?? "", b, c, n, wrongOld: b + 10, wrongNew: c + 10 }),
);

const contenders = [
  Contender.fromPartial({
    arena: 1n,
    model: CONV32,
    reservationSeq: 3n,
    reservationHeight: 23n,
    firstEpoch: 0n,
  }),
  Contender.fromPartial({
    arena: 1n,
    model: CONV12,
    reservationSeq: 2n,
    reservationHeight: 22n,
    sponsors: [...SPONSORS],
    firstEpoch: 43n,
    screening: counts,
    calls: 1,
  }),
];

/** What the node of this chain answers. */
export function nodeOf(parts: ChainParts = {}): NodeState {
  const { arenas = [arena], models: all = models, services = [service] } = parts;
  const byHex = (modelHex: string): Model => {
    const found = all.find(({ id }) => hex(id) === modelHex);
    if (found === undefined) throw new Error(`the test has no model ${modelHex}`);
    return found;
  };
  const poi = {
    Arenas: async () => ({ arenas }),
    Arena: async () => ({ arena, pot: "50" }),
    Ladder: async () => ({ steps: stepTaken().ladder }),
    Sponsors: async () => ({
      sponsors: SPONSORS.map((address) =>
        Sponsor.fromPartial({ arena: 1n, address, approved: true, bonded: true, batchesCounted: 8n }),
      ),
    }),
    Models: async () => ({ models: all }),
    Model: async ({ modelHex }: { modelHex: string }) => ({ model: byHex(modelHex) }),
    Contenders: async () => ({ contenders }),
    Contender: async ({ modelHex }: { modelHex: string }) => ({
      contender: contenders.find(({ model }) => hex(model) === modelHex),
      screening: Comparison.fromPartial({ opponent: MLP, b: 80, c: 14, n: 512, wrongOld: 100, wrongNew: 34 }),
      trials: [],
      usableSponsors: 5,
      called: modelHex === hex(CONV12),
    }),
    Params: async () => ({ params: PARAMS }),
  };
  const marketplace = {
    Services: async ({ modelHex }: { modelHex: string }) => ({
      services: services
        .filter(({ model }) => hex(model) === modelHex)
        .map((one) => ServiceEntry.fromPartial({ service: one })),
    }),
  };
  const client = { poi, marketplace } as unknown as AssayClient;
  return { ask: async (_key, read) => ({ value: await read(client), height: 900, stale: false }) };
}

/** Writes the two epochs of the fixture, and the ones before them as far as they are looked at. */
export async function fill(db: Kysely<Database>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await insertMany(trx, "epoch", [
      epochRow(1, 23),
      epochRow(42, 950),
      epochRow(45, null, { params: null }),
    ]);
    await insertMany(trx, "epoch", [epochRow(41, 928, { void: 1 })]);
    await insertMany(trx, "model_epoch", [
      measuredRow({ ...stepTaken(), epoch: { ...stepTaken().epoch, epoch: 42n } }, { smoothed: 781_250 }),
    ]);
    for (const [evidence, end] of [
      [stepTaken(), 972],
      [calledNext(), 994],
    ] as const) {
      await insertMany(trx, "epoch", [epochRow(Number(evidence.epoch.epoch), end)]);
      await insertMany(trx, "arena_epoch", [arenaRow(evidence)]);
      await insertMany(trx, "step_pay", stepRows(evidence));
      await insertMany(trx, "participant_pay", participantRows(evidence));
      await insertMany(trx, "model_epoch", [
        measuredRow(evidence),
        ...evidence.standings
          .filter(({ model }) => hex(model) !== hex(evidence.model))
          .map(({ model, screening }) =>
            measuredRow(evidence, {
              model: hex(model),
              screening: JSON.stringify(comparisonJson(screening)),
            }),
          ),
      ]);
      await insertMany(trx, "model_sponsor", sponsorRows(evidence));
    }
    const [, step] = stepTaken().ladder;
    if (step === undefined) throw new Error("the fixture lost its step");
    await insertMany(trx, "step", [
      {
        arena: 1,
        step: step.index,
        model: hex(step.model),
        epoch: Number(step.epoch),
        gain: Number(step.gain),
        settled_epoch: Number(step.settledEpoch),
        weighted: Number(step.weighted),
        comparisons: JSON.stringify(step.comparisons.map(comparisonJson)),
        height: 972,
      },
    ]);
    await insertMany(trx, "model_change", [
      {
        height: 22,
        place: 0,
        time: "2026-01-01T00:00:00.000Z",
        tx: TX,
        model: hex(MLP),
        kind: "registered",
        fee: "10000000",
      },
    ]);
  });
}

function epochRow(
  epoch: number,
  end: number | null,
  more: Partial<Database["epoch"]> = {},
): Database["epoch"] {
  const { emission } = stepTaken().epoch;
  if (emission === undefined) throw new Error("the fixture lost its emission");
  return {
    epoch,
    start_height: (end ?? 1_000) - 21,
    start_time: "2026-01-01T00:00:00.000Z",
    end_height: end,
    end_time: null,
    void: 0,
    arenas: 1,
    scorers_frozen: 4,
    scorers_revealed: 1,
    randomness: null,
    slots: 10,
    slots_counted: 10,
    audited_items: 0,
    challenges: 0,
    convictions: 0,
    arenas_settled: 1,
    budget: emission.budget,
    authors: emission.authors,
    scorers: emission.scorers,
    sponsors: emission.sponsors,
    validators: emission.validators,
    pool: emission.pool,
    minted: emission.minted,
    params: JSON.stringify(Params.toJSON(PARAMS)),
    ...more,
  };
}

function arenaRow({ arena: of, epoch }: Evidence): Database["arena_epoch"] {
  return {
    epoch: Number(epoch.epoch),
    arena: 1,
    weight: of.weight,
    models: JSON.stringify(of.models.map(hex)),
    opponents: "[]",
    called: hex(of.called),
    sponsors_frozen: of.sponsorsFrozen,
    settled: Number(of.settled),
    reason: of.reason,
    weight_sum: Number(of.weightSum),
    sponsors_counted: of.sponsorsCounted,
    authors_pot: of.authorsPot,
    funded_pot: of.fundedPot,
    scorers_pot: of.scorersPot,
    sponsors_pot: of.sponsorsPot,
    divisor: Number(of.divisor),
    funded_divisor: Number(of.fundedDivisor),
    called_next: hex(of.calledNext),
    step_accepted: of.stepAccepted,
  };
}

function stepRows({ arena: of, epoch }: Evidence): Database["step_pay"][] {
  return of.steps.map((pay) => ({
    epoch: Number(epoch.epoch),
    arena: 1,
    step: pay.step,
    model: hex(pay.model),
    author: pay.author,
    gain: Number(pay.gain),
    age: Number(pay.age),
    decayed: Number(pay.decayed),
    emission: pay.emission,
    funded: pay.funded,
  }));
}

function participantRows({ arena: of, epoch }: Evidence): Database["participant_pay"][] {
  const rows = (role: "scorer" | "sponsor", pays: typeof of.scorers): Database["participant_pay"][] =>
    pays.map((pay) => ({ epoch: Number(epoch.epoch), arena: 1, role, ...pay }));
  return [...rows("scorer", of.scorers), ...rows("sponsor", of.sponsors)];
}

function measuredRow(
  { epoch, model, result }: Evidence,
  more: Partial<Database["model_epoch"]> = {},
): Database["model_epoch"] {
  if (result?.screening === undefined) throw new Error("the fixture lost its result");
  return {
    epoch: Number(epoch.epoch),
    model: hex(model),
    arena: 1,
    accuracy: result.accuracy,
    smoothed: result.smoothed,
    items: result.items,
    called: Number(result.called),
    step_accepted: result.stepAccepted,
    screening: JSON.stringify(comparisonJson(result.screening)),
    trials: JSON.stringify(result.trials.map(comparisonJson)),
    ...more,
  };
}

function sponsorRows({ epoch, model, result }: Evidence): Database["model_sponsor"][] {
  return (result?.sponsors ?? []).map((line) => ({
    ...line,
    epoch: Number(epoch.epoch),
    model: hex(model),
    arena: 1,
  }));
}
