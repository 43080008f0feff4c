import type { Transaction } from "kysely";
import type { Database } from "../db/schema.ts";
import type { DecodedBlock } from "../index/block.ts";
import { indexEpochs } from "./index-epochs.ts";
import { indexFaults } from "./index-faults.ts";
import { indexModels } from "./index-models.ts";
import { indexSlots } from "./index-slots.ts";

/** Writes what a block says of epochs, slots, models and their scorers and sponsors. */
export async function indexPoi(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  // The end of an epoch sums up what was posted and who was convicted, in this block too.
  await indexSlots(block, db);
  await indexFaults(block, db);
  await indexEpochs(block, db);
  await indexModels(block, db);
}
