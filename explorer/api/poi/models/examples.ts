import type { Kysely } from "kysely";
import type { Example, Task } from "../../../wire/poi-models.ts";
import type { Database } from "../../db/schema.ts";
import { hex } from "../../hex.ts";

const SHOWN = 10;
const BYTES: Readonly<Record<string, number>> = { uint8: 1, int8: 1, int16: 2 };

/** Items of the newest slot of an arena whose inputs and labels are open: used up, so nothing is given away. */
export async function examplesOf(
  db: Kysely<Database>,
  arena: number,
  task: Task,
): Promise<{ source: { epoch: number; slot: number; sponsor: string } | null; items: Example[] }> {
  const slot = await db
    .selectFrom("slot")
    .innerJoin("slot_inputs", (join) =>
      join.onRef("slot_inputs.epoch", "=", "slot.epoch").onRef("slot_inputs.slot", "=", "slot.slot"),
    )
    .innerJoin("slot_labels", (join) =>
      join.onRef("slot_labels.epoch", "=", "slot.epoch").onRef("slot_labels.slot", "=", "slot.slot"),
    )
    .select(["slot.epoch", "slot.slot", "slot.sponsor", "slot_inputs.inputs", "slot_labels.labels"])
    .where("slot.arena", "=", arena)
    .orderBy("slot.epoch", "desc")
    .orderBy("slot.slot")
    .limit(1)
    .executeTakeFirst();
  const size = task.input.shape.reduce((product, length) => product * length, BYTES[task.input.type] ?? 0);
  if (slot === undefined || size === 0) return { source: null, items: [] };
  const { epoch, slot: index, sponsor, inputs, labels } = slot;
  const count = Math.min(SHOWN, Math.floor(inputs.length / size));
  const items = Array.from({ length: count }, (_, item) => ({
    input: hex(inputs.subarray(item * size, (item + 1) * size)),
    label: labelAt(labels, item, task),
  }));
  return { source: { epoch, slot: index, sponsor }, items };
}

/** One byte an item, little-endian int32 in scalar arenas. */
function labelAt(labels: Uint8Array, item: number, { answer }: Task): number | null {
  if (answer.kind === "class") return labels[item] ?? null;
  if (labels.length < 4 * (item + 1)) return null;
  return new DataView(labels.buffer, labels.byteOffset, labels.byteLength).getInt32(4 * item, true);
}
