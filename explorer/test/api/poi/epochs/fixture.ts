/** One epoch of a small chain, block by block: three sponsors, two scorers, two models, batches of four items. */
import { toBech32 } from "@cosmjs/encoding";
import type { AssayClient } from "@assay/client/client";
import type { AssayEvent, EventName } from "@assay/client/events";
import { AnswerKind, Arena, Comparison, Step, TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import {
  ArenaEpoch,
  Challenge,
  Clock,
  Conviction,
  EpochRecord,
  FrozenArena,
  ModelEpoch,
  Phase,
  type Row,
  Slot,
} from "@assay/client/generated/assay/poi/v1/epoch";
import { Model, ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { Commitment, Scorer, Sponsor } from "@assay/client/generated/assay/poi/v1/participant";
import {
  QueryEpochResponse,
  QueryLadderResponse,
  QueryModelEpochRequest,
  QueryModelEpochResponse,
  QuerySlotsRequest,
  QuerySlotsResponse,
} from "@assay/client/generated/assay/poi/v1/query";
import type { Area } from "../../../../api/area.ts";
import { marketArea } from "../../../../api/market/area.ts";
import { hex } from "../../../../api/hex.ts";
import type { DecodedBlock } from "../../../../api/index/block.ts";
import type { NodeState } from "../../../../api/node/state.ts";
import { poiArea } from "../../../../api/poi/area.ts";
import { blockOf, type BlockSpec, type TxSpec } from "../../support.ts";

/** Scorers' probes are the market's. */
export const AREAS: readonly Area[] = [poiArea, marketArea];

export function id(seed: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => (seed * 37 + index * 11) % 256);
}

export function address(seed: number): string {
  return toBech32("assay", id(seed).slice(0, 20));
}

export const MODELS = [id(1), id(2)] as const;
export const [GOOD, FORGED] = MODELS;
export const REFERENCE = id(3);
export const SPONSORS = [address(11), address(12), address(13)] as const;
export const [HONEST, LIAR] = [address(21), address(22)] as const;
export const CHALLENGER = address(31);
export const SALT = id(40);
export const RANDOMNESS = id(41);
export const HOSTILE = "<script>\u202ex\u0000";

export const PARAMS = Params.fromPartial({
  beaconBlocks: 2,
  inputBlocks: 1,
  rowsBlocks: 1,
  labelBlocks: 1,
  challengeBlocks: 2,
  batchItems: 4,
  batchesPerSponsor: 1,
  auditRatioBps: 2_500,
  challengeBond: "10000000",
});

/** What the sponsors' labels are, and what the rows say: the good model is right three times of four. */
export const LABELS = Uint8Array.of(1, 0, 2, 1);
export const INPUTS = Uint8Array.from({ length: 8 }, (_, index) => index);

/** Slot i is of sponsor i; the first two are scored by the honest one. */
export function slot(index: number, more: Partial<Slot> = {}): Slot {
  return Slot.fromPartial({
    epoch: 7n,
    id: BigInt(index),
    arena: 1n,
    sponsor: SPONSORS[index],
    batch: 5 + index,
    scorer: index === 2 ? LIAR : HONEST,
    ...more,
  });
}

export function row(model: Uint8Array, answers: number[]): Row {
  return { model, answers: Uint8Array.from(answers), tags: Uint8Array.from({ length: 16 }, (_, i) => i) };
}

export function post(slotId: number, rows: Row[], more: Partial<TxSpec> = {}): TxSpec {
  const value = { hotKey: address(50), epoch: 7n, slot: BigInt(slotId), rows };
  return { messages: [{ typeUrl: "/assay.poi.v1.MsgPostRows", value }], ...more };
}

export function postInputs(slotId: number, more: Partial<TxSpec> = {}): TxSpec {
  const value = {
    sponsor: SPONSORS[slotId],
    epoch: 7n,
    slot: BigInt(slotId),
    inputs: INPUTS,
    labelsHash: id(42),
    path: [],
  };
  return { messages: [{ typeUrl: "/assay.poi.v1.MsgPostInputs", value }], ...more };
}

export function openLabels(slotId: number): TxSpec {
  const value = { sponsor: SPONSORS[slotId], epoch: 7n, slot: BigInt(slotId), labels: LABELS, salt: SALT };
  return { messages: [{ typeUrl: "/assay.poi.v1.MsgOpenLabels", value }] };
}

type EventOf<Name extends EventName> = Extract<AssayEvent, { name: Name }>;
export function event<Name extends EventName>(name: Name, value: EventOf<Name>["value"]): AssayEvent {
  return { name, value } as AssayEvent;
}

export function phase(to: Phase, phaseEnd: number, epoch = 7n): AssayEvent {
  return event("EventPhaseChanged", { epoch, phase: to, phaseEnd: BigInt(phaseEnd) });
}

export const challenge = Challenge.fromPartial({
  seq: 4n,
  challenger: CHALLENGER,
  epoch: 7n,
  slot: 2n,
  model: FORGED,
  item: 3,
});

export const conviction = Conviction.fromPartial({
  epoch: 7n,
  scorer: LIAR,
  slot: 2n,
  model: FORGED,
  item: 3,
  expectedAnswer: Uint8Array.of(0),
  expectedTag: Uint8Array.of(9, 9, 9, 9),
  recordedAnswer: Uint8Array.of(1),
  recordedTag: Uint8Array.of(12, 13, 14, 15),
  slashed: "150",
  challenger: CHALLENGER,
  reward: "75",
  height: 107n,
});

export const result = ArenaEpoch.fromPartial({
  epoch: 7n,
  arena: 1n,
  settled: true,
  weight: 100,
  weightSum: 100n,
  sponsorsFrozen: 3,
  sponsorsCounted: 2,
  authorsPot: "500",
  fundedPot: "0",
  scorersPot: "200",
  sponsorsPot: "100",
  divisor: 524_288n,
  fundedDivisor: 524_288n,
  steps: [
    {
      step: 1,
      model: GOOD,
      author: address(60),
      gain: 65_536n,
      age: 2n,
      decayed: 65_000n,
      emission: "61",
      funded: "0",
    },
    {
      step: 2,
      model: FORGED,
      author: address(61),
      gain: 1n,
      age: 0n,
      decayed: 1n,
      emission: "1",
      funded: "0",
    },
  ],
  scorers: [{ address: HONEST, done: 4, assigned: 6, pay: "133" }],
  sponsors: [
    { address: SPONSORS[0], done: 1, assigned: 3, pay: "33" },
    { address: SPONSORS[1], done: 1, assigned: 3, pay: "33" },
  ],
  models: [...MODELS],
  called: FORGED,
});

export const record = EpochRecord.fromPartial({
  epoch: 7n,
  startHeight: 100n,
  endHeight: 108n,
  randomness: RANDOMNESS,
  scorersFrozen: 2,
  scorersRevealed: 2,
  slots: 3,
  slotsCounted: 2,
  auditedItems: 16n,
  challenges: 1,
  convictions: 1,
  arenasSettled: 1,
  emission: {
    epoch: 7n,
    budget: "1000",
    authors: "62",
    scorers: "133",
    sponsors: "66",
    validators: "100",
    pool: "100",
    minted: "461",
  },
  params: PARAMS,
});

export const modelEpochs = MODELS.map((model, index) =>
  ModelEpoch.fromPartial({
    epoch: 7n,
    arena: 1n,
    model,
    accuracy: 750_000,
    smoothed: 740_000,
    items: 8,
    sponsors: [
      { sponsor: SPONSORS[0], correct: 3, items: 4 },
      { sponsor: SPONSORS[1], correct: 3 - index, items: 4 },
    ],
    called: model === FORGED,
    screening: Comparison.fromPartial({ opponent: GOOD, b: 1, c: 2, n: 8 }),
  }),
);

/** The ladder as it is long after: what came later must not count for epoch 7. */
const ladder = [
  [REFERENCE, 0],
  [GOOD, 5],
  [id(9), 7],
].map(([model, epoch], index) =>
  Step.fromPartial({ arena: 1n, index, model: model as Uint8Array, epoch: BigInt(epoch as number) }),
);

/** What the node answers to the index's questions. */
export function answers(slots: readonly Slot[]): BlockSpec["answers"] {
  return {
    "/assay.poi.v1.Query/Slots": (request) => {
      const { epoch, pagination } = QuerySlotsRequest.decode(request);
      const start = Number(pagination?.offset ?? 0n);
      return QuerySlotsResponse.encode(
        QuerySlotsResponse.fromPartial({
          slots: slots.filter((one) => one.epoch === epoch).slice(start, start + Number(pagination?.limit)),
        }),
      ).finish();
    },
    "/assay.poi.v1.Query/Epoch": () =>
      QueryEpochResponse.encode(QueryEpochResponse.fromPartial({ epoch: record, arenas: [result] })).finish(),
    "/assay.poi.v1.Query/ModelEpoch": (request) => {
      const { modelHex } = QueryModelEpochRequest.decode(request);
      const found = modelEpochs.find(({ model }) => hex(model) === modelHex);
      return QueryModelEpochResponse.encode(
        QueryModelEpochResponse.fromPartial({ result: found, arena: result }),
      ).finish();
    },
    "/assay.poi.v1.Query/Ladder": () =>
      QueryLadderResponse.encode(QueryLadderResponse.fromPartial({ steps: ladder })).finish(),
  };
}

/** As the chain judged them: the slot of the one who was convicted is void. */
const judged = [0, 1, 2].map((index) =>
  slot(index, {
    inputsRoot: id(43),
    labels: LABELS,
    salt: SALT,
    rowsPosted: true,
    counted: index !== 2,
    voidReason: index === 2 ? "scorer convicted" : "",
  }),
);

export const RIGHT = [row(GOOD, [1, 0, 2, 0]), row(FORGED, [1, 0, 0, 1])];
export const REPLACED = [row(GOOD, [0, 0, 0, 0]), row(FORGED, [0, 0, 0, 0])];

/** Everything up to the phase CHALLENGE. */
export function begun(): DecodedBlock[] {
  return [
    blockOf({
      height: 100,
      events: [event("EventEpochStarted", { epoch: 7n, arenas: 1, scorers: 2 }), phase(Phase.BEACON, 101)],
      txs: [{ events: [event("EventLinkRevealed", { epoch: 7n, scorer: HONEST })] }],
    }),
    blockOf({
      height: 101,
      txs: [{ events: [event("EventLinkRevealed", { epoch: 7n, scorer: LIAR })] }],
      events: [
        event("EventSlotsDrawn", { epoch: 7n, randomness: RANDOMNESS, slots: 3n }),
        phase(Phase.INPUT, 102),
      ],
      answers: answers([0, 1, 2].map((index) => slot(index))),
    }),
    blockOf({
      height: 102,
      txs: [postInputs(0, { code: 5 }), postInputs(0), postInputs(1), postInputs(2)],
      events: [phase(Phase.ROWS, 103)],
    }),
    blockOf({
      height: 103,
      txs: [
        // The last post of a slot counts, also within a block; one that failed does not, whenever it came.
        post(0, REPLACED),
        post(0, RIGHT),
        post(0, REPLACED, { code: 11 }),
        nested(post(1, RIGHT)),
        post(2, [row(GOOD, [1, 0, 2, 0]), row(FORGED, [1, 1, 1, 1])]),
      ],
      events: [phase(Phase.LABEL, 104)],
    }),
    blockOf({
      height: 104,
      txs: [openLabels(0), openLabels(1), openLabels(2)],
      events: [phase(Phase.CHALLENGE, 106)],
    }),
    blockOf({ height: 105, txs: [{ events: [event("EventChallengeQueued", { challenge })] }] }),
  ];
}

/** The same with its end. */
export function ended(): DecodedBlock[] {
  return [
    ...begun(),
    blockOf({ height: 106, events: [phase(Phase.SETTLE, 0)] }),
    blockOf({
      height: 107,
      events: [
        event("EventScorerConvicted", { conviction }),
        event("EventChallengeResolved", { challenge, outcome: "convicted" }),
      ],
    }),
    blockOf({
      height: 108,
      events: [
        event("EventSponsorMissed", { epoch: 7n, arena: 1n, sponsor: SPONSORS[2], slashed: "0" }),
        event("EventScorerMissed", { epoch: 7n, scorer: LIAR, inactiveUntil: 11n }),
        event("EventEpochEnded", { record }),
        phase(Phase.BEACON, 110, 8n),
      ],
      answers: answers(judged),
    }),
  ];
}

/** A message inside of a `MsgExec`, as the parser gives it. */
function nested(tx: TxSpec): TxSpec {
  const [inner] = blockOf({ height: 1, txs: [tx] }).txs[0]?.messages ?? [];
  if (inner === undefined) throw new Error("nothing to nest");
  return {
    messages: [
      { path: "0", typeUrl: "/cosmos.authz.v1beta1.MsgExec", value: new Uint8Array() },
      { ...inner, path: "0.0" },
    ],
  };
}

const pagination = undefined;

/** A node that stands in this epoch. */
export function fakeNode(): NodeState {
  const client = {
    poi: {
      Arenas: () =>
        Promise.resolve({
          arenas: [
            Arena.fromPartial({
              id: 1n,
              spec: {
                name: "digits",
                inputType: TensorType.UINT8,
                inputShape: [1, 1, 2],
                preprocessing: "gray-28x28",
                answer: AnswerKind.CLASS,
                labels: ["zero", "one", `two${HOSTILE}`],
              },
              top: GOOD,
            }),
          ],
          pagination,
        }),
      Models: () =>
        Promise.resolve({
          models: MODELS.map((model, index) =>
            Model.fromPartial({
              id: model,
              arena: 1n,
              name: index === 0 ? "good" : `forged${HOSTILE}`,
              status: ModelStatus.CONTENDER,
            }),
          ),
          pagination,
        }),
      Clock: () =>
        Promise.resolve({
          clock: Clock.fromPartial({ epoch: 7n, frozen: true }),
          params: PARAMS,
          height: 105n,
        }),
      Frozen: () =>
        Promise.resolve({
          epoch: 7n,
          arenas: [
            FrozenArena.fromPartial({
              arena: 1n,
              weight: 100,
              models: MODELS.map((model) => ({ id: model, cost: 1n })),
              sponsors: SPONSORS.map((sponsor) => ({ address: sponsor, commitment: 0 })),
              called: FORGED,
              opponents: [GOOD, REFERENCE],
            }),
          ],
          scorers: [],
        }),
      Scorers: () => Promise.resolve({ scorers: [scorer(HONEST), scorer(LIAR)], pagination }),
      Scorer: () =>
        Promise.resolve({ scorer: scorer(LIAR), bond: "2850", eligible: false, reason: `jailed${HOSTILE}` }),
      Sponsors: () =>
        Promise.resolve({
          sponsors: SPONSORS.map((sponsor) =>
            Sponsor.fromPartial({
              arena: 1n,
              address: sponsor,
              approved: true,
              bonded: true,
              nextBatch: 256,
            }),
          ),
          pagination,
        }),
      Sponsor: () =>
        Promise.resolve({
          sponsor: Sponsor.fromPartial({
            arena: 1n,
            address: SPONSORS[0],
            approved: true,
            bonded: true,
            nextBatch: 256,
          }),
          bond: "1000",
          commitments: [
            Commitment.fromPartial({
              arena: 1n,
              sponsor: SPONSORS[0],
              root: id(44),
              count: 256,
              remaining: 255,
              height: 3n,
            }),
          ],
        }),
    },
    staking: {
      Validators: () =>
        Promise.resolve({
          validators: [
            {
              operatorAddress: toBech32("assayvaloper", id(22).slice(0, 20)),
              description: { moniker: `liar${HOSTILE}` },
            },
          ],
          pagination,
        }),
    },
  };
  return {
    ask: async (_, read) => ({
      value: await read(client as unknown as AssayClient),
      height: 105,
      stale: false,
    }),
  };
}

function scorer(operator: string): Scorer {
  return Scorer.fromPartial({
    operator,
    hotKey: address(50),
    bonded: true,
    jailedUntil: operator === LIAR ? 9n : 0n,
    rowsStood: 4n,
    rowsAssigned: 6n,
  });
}
