import type { Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { DecodedBlock } from "../index/block.ts";
import { indexEpochs } from "./index-epochs.ts";
import { indexFaults } from "./index-faults.ts";
import { indexModels } from "./index-models.ts";
import { indexSlots } from "./index-slots.ts";

/** Writes what a block says of epochs, slots, models and their scorers and sponsors. */
export async function indexPoi(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  // Slots are drawn before anything is posted to them, and judged after.
  await indexEpochs(block, db);
  await indexSlots(block, db);
  await indexFaults(block, db);
  await indexModels(block, db);
}
