import {
  QueryEpochRequest,
  QueryEpochResponse,
  QueryLadderRequest,
  QueryLadderResponse,
  QueryModelEpochRequest,
  QueryModelEpochResponse,
  QuerySlotsRequest,
  QuerySlotsResponse,
} from "@assay/client/generated/assay/poi/v1/query";
import type { Step } from "@assay/client/generated/assay/poi/v1/arena";
import type { ArenaEpoch, ModelEpoch, Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import type { PageRequest } from "@assay/client/generated/cosmos/base/query/v1beta1/pagination";
import type { Question } from "../area.ts";
import { hex } from "../hex.ts";
import type { DecodedBlock } from "../index/block.ts";

const EPOCH = "/assay.poi.v1.Query/Epoch";
const LADDER = "/assay.poi.v1.Query/Ladder";
const MODEL_EPOCH = "/assay.poi.v1.Query/ModelEpoch";
const SLOTS = "/assay.poi.v1.Query/Slots";

/** The chain's own limit. */
const PER_PAGE = 200n;

/**
 * With the draw: the slots. With the end of an epoch: its results and what became of its slots, and then, of each arena
 * that settled, the result of every model, and of each in which a contender was called, the ladder.
 *
 * All of it is there for long after and does not change any more, so that an index made later is the same: nothing is
 * asked of the state of a past block, which nodes forget soon.
 */
export function questions(block: DecodedBlock): Question[] {
  return block.typed.flatMap(({ event }): Question[] => {
    switch (event.name) {
      case "EventSlotsDrawn":
        return slotQuestions(event.value.epoch, event.value.slots);
      case "EventEpochEnded": {
        const { record } = event.value;
        if (record === undefined || record.void) return [];
        const results = arenaResults(block, record.epoch);
        const models = results.filter(({ settled }) => settled).flatMap((result) => result.models);
        const contested = results.filter(({ called }) => called.length > 0);
        return [
          epochQuestion(record.epoch),
          ...slotQuestions(record.epoch, BigInt(record.slots)),
          ...models.map((model) => modelQuestion(record.epoch, model)),
          ...contested.flatMap(({ arena }) => ladderPages(block, arena).map(({ question }) => question)),
        ];
      }
      default:
        return [];
    }
  });
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

/** The steps of an arena's ladder that were there at the freeze of an epoch, in order. */
export function ladderBefore(block: DecodedBlock, arena: bigint, epoch: bigint): Step[] {
  return ladderPages(block, arena)
    .flatMap(({ steps }) => steps)
    .filter((step) => step.index === 0 || step.epoch < epoch);
}

function answer(block: DecodedBlock, { path, request }: Question): Uint8Array | undefined {
  return block.answer(path, request) ?? undefined;
}

/** The pages of a ladder that are answered, and the one to ask for next. */
function ladderPages(block: DecodedBlock, arena: bigint): { question: Question; steps: Step[] }[] {
  const pages: { question: Question; steps: Step[] }[] = [];
  for (let key: Uint8Array | undefined = new Uint8Array(); key !== undefined;) {
    const request = QueryLadderRequest.encode({ arena, pagination: pageRequest({ key }) }).finish();
    const question = { path: LADDER, request, pinned: false };
    const response = answer(block, question);
    const { steps, pagination } = response
      ? QueryLadderResponse.decode(response)
      : { steps: [], pagination: undefined };
    pages.push({ question, steps });
    key = pagination?.nextKey.length ? pagination.nextKey : undefined;
  }
  return pages;
}

function epochQuestion(epoch: bigint): Question {
  return { path: EPOCH, request: QueryEpochRequest.encode({ epoch }).finish(), pinned: false };
}

function modelQuestion(epoch: bigint, model: Uint8Array): Question {
  const request = QueryModelEpochRequest.encode({ epoch, modelHex: hex(model) }).finish();
  return { path: MODEL_EPOCH, request, pinned: false };
}

function slotQuestions(epoch: bigint, slots: bigint): Question[] {
  const pages = Number((slots + PER_PAGE - 1n) / PER_PAGE);
  return Array.from({ length: pages }, (_, page) => {
    const pagination = pageRequest({ offset: BigInt(page) * PER_PAGE });
    return { path: SLOTS, request: QuerySlotsRequest.encode({ epoch, pagination }).finish(), pinned: false };
  });
}

function pageRequest({ key = new Uint8Array(), offset = 0n }: Partial<PageRequest>): PageRequest {
  return { key, offset, limit: PER_PAGE, countTotal: false, reverse: false };
}
