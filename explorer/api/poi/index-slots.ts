import type { Transaction } from "kysely";
import { MsgOpenLabels, MsgPostInputs, MsgPostRows } from "@assay/client/generated/assay/poi/v1/tx";
import { insertMany } from "../db/insert.ts";
import { updateRows } from "../db/written.ts";
import type { Database } from "../db/schema.ts";
import { hex } from "../hex.ts";
import type { DecodedBlock } from "../index/block.ts";
import type { PoiTables } from "./tables.ts";
import { count } from "./values.ts";

type Step = "inputs" | "rows" | "labels";
interface Posted {
  epoch: number;
  slot: number;
  step: Step;
  tx: string;
}

/** What sponsors and scorers posted of their slots, which the chain forgets with the end of the epoch. */
export async function indexSlots(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  const posted = new Map<string, Posted>();
  const inputs: PoiTables["slot_inputs"][] = [];
  const labels: PoiTables["slot_labels"][] = [];
  // A later post replaces an earlier one, of the same block too.
  const rows = new Map<string, PoiTables["slot_row"]>();
  const note = (step: Step, of: { epoch: bigint; slot: bigint }, tx: string) => {
    const place = { epoch: count(of.epoch), slot: count(of.slot) };
    posted.set(`${step} ${place.epoch} ${place.slot}`, { ...place, step, tx });
    return place;
  };
  for (const tx of block.txs) {
    if (tx.code !== 0) continue;
    for (const { typeUrl, value } of tx.messages) {
      switch (typeUrl) {
        case "/assay.poi.v1.MsgPostInputs": {
          const message = MsgPostInputs.decode(value);
          const labels_hash = hex(message.labelsHash);
          inputs.push({ ...note("inputs", message, tx.hash), inputs: message.inputs, labels_hash });
          break;
        }
        case "/assay.poi.v1.MsgOpenLabels": {
          const message = MsgOpenLabels.decode(value);
          const salt = hex(message.salt);
          labels.push({ ...note("labels", message, tx.hash), labels: message.labels, salt });
          break;
        }
        case "/assay.poi.v1.MsgPostRows": {
          const message = MsgPostRows.decode(value);
          const place = note("rows", message, tx.hash);
          for (const row of message.rows) {
            const model = hex(row.model);
            const { answers, tags } = row;
            rows.set(`${place.epoch} ${place.slot} ${model}`, { ...place, model, answers, tags });
          }
          break;
        }
      }
    }
  }
  await insertMany(db, "slot_inputs", inputs);
  await insertMany(db, "slot_labels", labels);
  await insertMany(db, "slot_row", [...rows.values()], { replace: ["epoch", "slot", "model"] });
  for (const { epoch, slot, step, tx } of posted.values()) {
    await updateRows(db, `update slot set ${step}_height = ?, ${step}_tx = ? where epoch = ? and slot = ?`, [
      block.height,
      tx,
      epoch,
      slot,
    ]);
  }
}
