import {
  QueryEpochRequest,
  QueryEpochResponse,
  QueryFrozenRequest,
  QueryFrozenResponse,
  QueryModelEpochRequest,
  QueryModelEpochResponse,
  QuerySlotsRequest,
  QuerySlotsResponse,
} from "@assay/client/generated/assay/poi/v1/query";
import type { ArenaEpoch, FrozenArena, ModelEpoch, Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Question } from "../area.ts";
import { hex } from "../hex.ts";
import type { DecodedBlock } from "../index/block.ts";

const EPOCH = "/assay.poi.v1.Query/Epoch";
const FROZEN = "/assay.poi.v1.Query/Frozen";
const MODEL_EPOCH = "/assay.poi.v1.Query/ModelEpoch";
const SLOTS = "/assay.poi.v1.Query/Slots";

/** The chain's own limit. */
const SLOTS_PER_PAGE = 200n;

/**
 * With the draw: the slots, and what was frozen, which only this epoch's state has. With the end of an epoch: its
 * results and what became of its slots, and then, of each arena that settled, the result of every model.
 */
export function questions(block: DecodedBlock): Question[] {
  return block.typed.flatMap(({ event }): Question[] => {
    switch (event.name) {
      case "EventSlotsDrawn":
        return [frozenQuestion(), ...slotQuestions(event.value.epoch, event.value.slots)];
      case "EventEpochEnded": {
        const { record } = event.value;
        if (record === undefined || record.void) return [];
        const models = arenaResults(block, record.epoch)
          .filter(({ settled }) => settled)
          .flatMap(({ models }) => models);
        return [
          epochQuestion(record.epoch),
          ...slotQuestions(record.epoch, BigInt(record.slots)),
          ...models.map((model) => modelQuestion(record.epoch, model)),
        ];
      }
      default:
        return [];
    }
  });
}

/** What the running epoch froze, by arena; empty when the node had forgotten it. */
export function frozenArenas(block: DecodedBlock, epoch: bigint): FrozenArena[] {
  const response = answer(block, frozenQuestion());
  if (response === undefined) return [];
  const frozen = QueryFrozenResponse.decode(response);
  return frozen.epoch === epoch ? frozen.arenas : [];
}

/**
 * The slots of an epoch as the chain had them when it was asked. That was no earlier than this block, but may have
 * been long after it: read only what did not change since.
 */
export function slotsOf(block: DecodedBlock, epoch: bigint, slots: bigint): Slot[] {
  return slotQuestions(epoch, slots).flatMap((question) => {
    const response = answer(block, question);
    return response === undefined ? [] : QuerySlotsResponse.decode(response).slots;
  });
}

/** Results of the arenas of an ended epoch. */
export function arenaResults(block: DecodedBlock, epoch: bigint): ArenaEpoch[] {
  const response = answer(block, epochQuestion(epoch));
  return response === undefined ? [] : QueryEpochResponse.decode(response).arenas;
}

/** What an ended epoch measured of a model; undefined when it did not, or the node had forgotten it. */
export function modelResult(block: DecodedBlock, epoch: bigint, model: Uint8Array): ModelEpoch | undefined {
  const response = answer(block, modelQuestion(epoch, model));
  return response && QueryModelEpochResponse.decode(response).result;
}

function answer(block: DecodedBlock, { path, request }: Question): Uint8Array | undefined {
  return block.answer(path, request) ?? undefined;
}

function frozenQuestion(): Question {
  return { path: FROZEN, request: QueryFrozenRequest.encode({}).finish(), pinned: true };
}

function epochQuestion(epoch: bigint): Question {
  return { path: EPOCH, request: QueryEpochRequest.encode({ epoch }).finish(), pinned: false };
}

function modelQuestion(epoch: bigint, model: Uint8Array): Question {
  const request = QueryModelEpochRequest.encode({ epoch, modelHex: hex(model) }).finish();
  return { path: MODEL_EPOCH, request, pinned: false };
}

function slotQuestions(epoch: bigint, slots: bigint): Question[] {
  const pages = Number((slots + SLOTS_PER_PAGE - 1n) / SLOTS_PER_PAGE);
  return Array.from({ length: pages }, (_, page) => {
    const pagination = {
      key: new Uint8Array(),
      offset: BigInt(page) * SLOTS_PER_PAGE,
      limit: SLOTS_PER_PAGE,
      countTotal: false,
      reverse: false,
    };
    return { path: SLOTS, request: QuerySlotsRequest.encode({ epoch, pagination }).finish(), pinned: false };
  });
}
