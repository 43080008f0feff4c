import { type Kysely, sql } from "kysely";
import { isPostgres } from "../db/database.ts";
import type { Database } from "../db/schema.ts";
import type { PoiTables } from "./tables.ts";

/** How a column of a type is declared; "?" may be null. */
type KindOf<T> = [T] extends [number]
  ? "integer"
  : [T] extends [string]
    ? "text"
    : [T] extends [Uint8Array]
      ? "blob"
      : [T] extends [number | null]
        ? "integer?"
        : "text?";

interface Shape<Row> {
  columns: { readonly [Column in keyof Row]-?: KindOf<Row[Column]> };
  key: readonly (keyof Row & string)[];
  /** Columns that further lists are found and ordered by. */
  indexes?: Readonly<Record<string, readonly (keyof Row & string)[]>>;
}

const SHAPES: { readonly [Table in keyof PoiTables]: Shape<PoiTables[Table]> } = {
  epoch: {
    columns: {
      epoch: "integer",
      start_height: "integer",
      start_time: "text?",
      arenas: "integer",
      scorers_frozen: "integer",
      randomness: "text?",
      slots: "integer?",
      end_height: "integer?",
      end_time: "text?",
      void: "integer?",
      scorers_revealed: "integer?",
      slots_counted: "integer?",
      audited_items: "integer?",
      challenges: "integer?",
      convictions: "integer?",
      arenas_settled: "integer?",
      budget: "text?",
      authors: "text?",
      scorers: "text?",
      sponsors: "text?",
      validators: "text?",
      pool: "text?",
      minted: "text?",
      params: "text?",
    },
    key: ["epoch"],
    indexes: { epoch_start: ["start_height"] },
  },
  phase: {
    columns: { epoch: "integer", phase: "text", start_height: "integer", end_height: "integer" },
    key: ["epoch", "phase"],
  },
  reveal: {
    columns: { epoch: "integer", scorer: "text", height: "integer", tx: "text" },
    key: ["epoch", "scorer"],
  },
  arena_epoch: {
    columns: {
      epoch: "integer",
      arena: "integer",
      settled: "integer",
      reason: "text",
      weight: "integer",
      weight_sum: "integer",
      sponsors_frozen: "integer",
      sponsors_counted: "integer",
      models: "text",
      called: "text",
      opponents: "text",
      called_next: "text",
      step_accepted: "integer",
      authors_pot: "text",
      funded_pot: "text",
      scorers_pot: "text",
      sponsors_pot: "text",
      divisor: "integer",
      funded_divisor: "integer",
    },
    key: ["epoch", "arena"],
    indexes: { arena_epoch_arena: ["arena", "epoch"] },
  },
  step_pay: {
    columns: {
      epoch: "integer",
      arena: "integer",
      step: "integer",
      model: "text",
      author: "text",
      gain: "integer",
      age: "integer",
      decayed: "integer",
      emission: "text",
      funded: "text",
    },
    key: ["epoch", "arena", "step"],
    indexes: { step_pay_model: ["model", "epoch"], step_pay_author: ["author", "epoch"] },
  },
  participant_pay: {
    columns: {
      epoch: "integer",
      arena: "integer",
      role: "text",
      address: "text",
      done: "integer",
      assigned: "integer",
      pay: "text",
    },
    key: ["epoch", "arena", "role", "address"],
    indexes: { participant_pay_address: ["address", "role", "epoch"] },
  },
  model_epoch: {
    columns: {
      epoch: "integer",
      model: "text",
      arena: "integer",
      accuracy: "integer",
      smoothed: "integer",
      items: "integer",
      called: "integer",
      step_accepted: "integer",
      screening: "text?",
      trials: "text",
    },
    key: ["model", "epoch"],
    indexes: { model_epoch_arena: ["arena", "epoch"] },
  },
  model_sponsor: {
    columns: {
      epoch: "integer",
      model: "text",
      sponsor: "text",
      arena: "integer",
      correct: "integer",
      items: "integer",
    },
    key: ["model", "epoch", "sponsor"],
    indexes: { model_sponsor_epoch: ["arena", "epoch"] },
  },
  slot: {
    columns: {
      epoch: "integer",
      slot: "integer",
      arena: "integer",
      sponsor: "text",
      commitment: "integer",
      batch: "integer",
      scorer: "text",
      inputs_height: "integer?",
      rows_height: "integer?",
      labels_height: "integer?",
      inputs_tx: "text?",
      rows_tx: "text?",
      labels_tx: "text?",
      counted: "integer?",
      void_reason: "text",
    },
    key: ["epoch", "slot"],
    indexes: {
      slot_scorer: ["scorer", "epoch", "slot"],
      slot_sponsor: ["arena", "sponsor", "epoch", "slot"],
    },
  },
  slot_inputs: {
    columns: { epoch: "integer", slot: "integer", inputs: "blob", labels_hash: "text" },
    key: ["epoch", "slot"],
  },
  slot_labels: {
    columns: { epoch: "integer", slot: "integer", labels: "blob", salt: "text" },
    key: ["epoch", "slot"],
  },
  slot_row: {
    columns: { epoch: "integer", slot: "integer", model: "text", answers: "blob", tags: "blob" },
    key: ["epoch", "slot", "model"],
  },
  challenge: {
    columns: {
      seq: "integer",
      challenger: "text",
      epoch: "integer",
      slot: "integer",
      model: "text",
      item: "integer",
      height: "integer",
      tx: "text",
      outcome: "text?",
      resolved_height: "integer?",
    },
    key: ["seq"],
    indexes: { challenge_slot: ["epoch", "slot", "model"], challenge_challenger: ["challenger", "seq"] },
  },
  conviction: {
    columns: {
      epoch: "integer",
      scorer: "text",
      slot: "integer",
      model: "text",
      item: "integer",
      expected_answer: "text",
      expected_tag: "text",
      recorded_answer: "text",
      recorded_tag: "text",
      slashed: "text",
      challenger: "text?",
      reward: "text",
      height: "integer",
      jailed: "integer",
    },
    key: ["epoch", "scorer"],
    indexes: { conviction_scorer: ["scorer", "epoch"] },
  },
  miss: {
    columns: {
      epoch: "integer",
      role: "text",
      arena: "integer",
      address: "text",
      height: "integer",
      inactive_until: "integer",
      slashed: "text",
    },
    key: ["epoch", "role", "arena", "address"],
    indexes: { miss_address: ["address", "role", "epoch"] },
  },
  step: {
    columns: {
      arena: "integer",
      step: "integer",
      model: "text",
      epoch: "integer",
      gain: "integer",
      settled_epoch: "integer",
      weighted: "integer",
      comparisons: "text",
      height: "integer",
    },
    key: ["arena", "step"],
    indexes: { step_epoch: ["epoch"], step_model: ["model"] },
  },
  contender_call: {
    columns: { epoch: "integer", arena: "integer", model: "text", height: "integer" },
    key: ["epoch", "arena"],
    indexes: { contender_call_model: ["model", "epoch"] },
  },
  commitment: {
    columns: {
      arena: "integer",
      sponsor: "text",
      commitment: "integer",
      root: "text",
      first_batch: "integer",
      count: "integer",
      height: "integer",
      tx: "text",
    },
    key: ["arena", "sponsor", "commitment"],
  },
  model_change: {
    columns: {
      height: "integer",
      place: "integer",
      time: "text",
      tx: "text?",
      model: "text",
      kind: "text",
      fee: "text?",
    },
    key: ["height", "place"],
    indexes: { model_change_model: ["model", "height", "place"] },
  },
  inference: {
    columns: {
      height: "integer",
      place: "integer",
      time: "text",
      tx: "text",
      model: "text",
      sender: "text",
      fee: "text",
    },
    key: ["height", "place"],
    indexes: {
      inference_model: ["model", "height", "place"],
      inference_sender: ["sender", "height", "place"],
    },
  },
  scorer_epoch: {
    columns: {
      epoch: "integer",
      scorer: "text",
      slots: "integer",
      slots_counted: "integer",
      rows: "integer",
      audits_passed: "integer",
      pay: "text",
      all_slots: "integer",
      all_slots_counted: "integer",
      all_rows: "integer",
      all_audits_passed: "integer",
      all_pay: "text",
    },
    key: ["scorer", "epoch"],
  },
  sponsor_epoch: {
    columns: {
      epoch: "integer",
      arena: "integer",
      sponsor: "text",
      slots: "integer",
      slots_counted: "integer",
      pay: "text",
      all_slots: "integer",
      all_slots_counted: "integer",
      all_pay: "text",
    },
    key: ["arena", "sponsor", "epoch"],
  },
};

/** Names of all tables of this area. */
export const poiTableNames = Object.keys(SHAPES) as readonly (keyof PoiTables)[];

/** Creates the tables of epochs and models with the indexes their lists are read by. */
export async function createPoiTables(db: Kysely<Database>): Promise<void> {
  const blob = isPostgres(db) ? sql`bytea` : sql`blob`;
  for (const table of poiTableNames) {
    const { columns, key, indexes = {} }: Shape<Record<string, unknown>> = SHAPES[table] as never;
    let builder = db.schema.createTable(table);
    for (const [column, declared] of Object.entries<string>(columns)) {
      const kind = declared.replace("?", "");
      const type = kind === "blob" ? blob : kind === "integer" ? "bigint" : "text";
      builder = builder.addColumn(column, type, (built) => (declared === kind ? built.notNull() : built));
    }
    await builder.addPrimaryKeyConstraint(`${table}_key`, [...key] as never[]).execute();
    for (const [name, on] of Object.entries(indexes)) {
      await db.schema
        .createIndex(name)
        .on(table)
        .columns([...on])
        .execute();
    }
  }
}
