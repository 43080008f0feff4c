import type { Transaction } from "kysely";
import type { Commitment } from "@assay/client/generated/assay/poi/v1/participant";
import type { Step } from "@assay/client/generated/assay/poi/v1/arena";
import { ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { insertMany } from "../db/insert.ts";
import type { Database } from "../db/schema.ts";
import { hex } from "../hex.ts";
import type { DecodedBlock } from "../index/block.ts";
import { hashOf } from "./index-epochs.ts";
import type { PoiTables } from "./tables.ts";
import { comparisonJson, count } from "./values.ts";

type Kind = PoiTables["model_change"]["kind"];

const STATUS_KINDS: ReadonlyMap<ModelStatus, Kind> = new Map([
  [ModelStatus.CONTENDER, "contender"],
  [ModelStatus.TOP, "top"],
  [ModelStatus.ARCHIVED, "archived"],
  [ModelStatus.EVICTED, "evicted"],
  [ModelStatus.WITHDRAWN, "withdrawn"],
]);

/** What happens to models and ladders, and the batches that sponsors commit to. */
export async function indexModels(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  const { height, time } = block;
  const changes: PoiTables["model_change"][] = [];
  const inferences: PoiTables["inference"][] = [];
  const steps: PoiTables["step"][] = [];
  const calls: PoiTables["contender_call"][] = [];
  const commitments: PoiTables["commitment"][] = [];
  block.typed.forEach(({ event, tx }, place) => {
    const hash = hashOf(block, tx);
    const change = (model: Uint8Array, kind: Kind, fee: string | null = null) =>
      changes.push({ height, place, time, tx: hash === "" ? null : hash, model: hex(model), kind, fee });
    switch (event.name) {
      case "EventModelRegistered":
        change(event.value.model, "registered", event.value.fee);
        break;
      case "EventReservationRenewed":
        change(event.value.model, "renewed");
        break;
      case "EventModelFileDeleted":
        change(event.value.model, "file-deleted");
        break;
      case "EventModelStatusChanged": {
        const kind = STATUS_KINDS.get(event.value.status);
        if (kind !== undefined) change(event.value.model, kind);
        break;
      }
      case "EventInferred": {
        const { model, sender, fee } = event.value;
        inferences.push({ height, place, time, tx: hash, model: hex(model), sender, fee });
        break;
      }
      case "EventStepTaken":
        if (event.value.step !== undefined) steps.push(stepRow(event.value.step, height));
        break;
      case "EventContenderCalled": {
        const { epoch, arena, model } = event.value;
        calls.push({ epoch: count(epoch), arena: count(arena), model: hex(model), height });
        break;
      }
      case "EventBatchesCommitted":
        if (event.value.commitment !== undefined)
          commitments.push(commitmentRow(event.value.commitment, hash));
        break;
      default:
        break;
    }
  });
  await insertMany(db, "model_change", changes);
  await insertMany(db, "inference", inferences);
  await insertMany(db, "step", steps);
  await insertMany(db, "contender_call", calls);
  await insertMany(db, "commitment", commitments);
}

function stepRow(step: Step, height: number): PoiTables["step"] {
  return {
    arena: count(step.arena),
    step: step.index,
    model: hex(step.model),
    epoch: count(step.epoch),
    gain: count(step.gain),
    settled_epoch: count(step.settledEpoch),
    weighted: Number(step.weighted),
    comparisons: JSON.stringify(step.comparisons.map(comparisonJson)),
    height,
  };
}

function commitmentRow(commitment: Commitment, tx: string): PoiTables["commitment"] {
  return {
    arena: count(commitment.arena),
    sponsor: commitment.sponsor,
    commitment: commitment.index,
    root: hex(commitment.root),
    first_batch: commitment.firstBatch,
    count: commitment.count,
    height: count(commitment.height),
    tx,
  };
}
