import { setImmediate as turn } from "node:timers/promises";
import { compareBytes } from "@assay/client/protocol/hash";
import { merkleRoot } from "@assay/client/protocol/merkle";
import { DatasetError, type Batches } from "@assay/models/datasets/dataset";
import { pathOf, sealBatch, type Seal, type SealedBatch } from "./batches.ts";
import { DataChangedError, DataError, RecordMismatchError } from "./errors.ts";
import type { CommitmentRecord, Records } from "./records.ts";
import { seatName, type Seat } from "./seat.ts";

/** A batch that was drawn, ready to be opened. */
export interface OpenedBatch extends SealedBatch {
  /** Aunts of its leaf, from the leaf upwards. */
  readonly path: Uint8Array[];
}

/** Makes batches from a seed: the same from the same. */
export type BatchSource = (seed: Uint8Array, items: number) => Batches;

export interface CommitmentPlan {
  readonly number: number;
  readonly firstBatch: number;
  readonly count: number;
  /** Items per batch. */
  readonly items: number;
  readonly seed: Uint8Array;
}

/** Called after each batch of long work. */
export type Progress = (done: number, total: number) => void;

/**
 * The batches of one seat: builds commitments, and makes committed batches again when they are
 * drawn. Nothing but leaves is kept, so every batch is checked against its leaf before it is used.
 */
export class Book {
  readonly seat: Seat;
  readonly #seal: Seal;
  readonly #records: Records;
  readonly #source: BatchSource;
  readonly #commitments: CommitmentRecord[];

  constructor(seat: Seat, seal: Omit<Seal, "seat">, records: Records, source: BatchSource) {
    this.seat = seat;
    this.#seal = { ...seal, seat };
    this.#records = records;
    this.#source = source;
    this.#commitments = records.commitments(seat);
  }

  /** All commitments of this data directory, oldest first. */
  get commitments(): readonly CommitmentRecord[] {
    return this.#commitments;
  }

  /** Builds a commitment and records it; when this resolves, its root may be sent. */
  async commit(plan: CommitmentPlan, signal: AbortSignal, progress: Progress): Promise<CommitmentRecord> {
    const leaves = await buildLeaves(this.#seal, this.#source, plan, signal, progress);
    const { number, firstBatch, items, seed } = plan;
    const record = { number, firstBatch, items, seed, leaves, root: merkleRoot(leaves), confirmed: false };
    this.#records.add(this.seat, record);
    this.#commitments.push(record);
    return record;
  }

  /** Notes that the chain has a commitment. */
  confirm(number: number): void {
    this.#records.confirm(this.seat, number);
    const at = this.#commitments.findIndex((record) => record.number === number);
    const record = this.#commitments[at];
    if (record) this.#commitments[at] = { ...record, confirmed: true };
  }

  /** Makes every batch of a commitment again. Throws {@link DataChangedError} at the first that differs. */
  async verify(record: CommitmentRecord, signal: AbortSignal, progress: Progress): Promise<void> {
    const batches = this.#source(record.seed, record.items);
    for (let position = 0; position < record.leaves.length; position++) {
      this.#sealed(record, batches, position);
      progress(position + 1, record.leaves.length);
      await turn();
      signal.throwIfAborted();
    }
  }

  /**
   * Opens a drawn batch.
   *
   * @param batch its number among all batches of the sponsor in the arena.
   * Throws {@link DataChangedError}, and {@link RecordMismatchError} for a batch that is not in the records.
   */
  open(commitment: number, batch: number): OpenedBatch {
    const record = this.#commitments.find(({ number }) => number === commitment);
    const position = record ? batch - record.firstBatch : -1;
    if (!record || position < 0 || position >= record.leaves.length) {
      throw new RecordMismatchError(
        `${seatName(this.seat)}: the chain drew batch ${batch} of commitment ${commitment}, which is not in the data ` +
          `directory: restore the directory from your backup`,
      );
    }
    const sealed = this.#sealed(record, this.#source(record.seed, record.items), position);
    return { ...sealed, path: pathOf(record.leaves, position) };
  }

  #sealed(record: CommitmentRecord, batches: Batches, position: number): SealedBatch {
    const batch = record.firstBatch + position;
    try {
      const sealed = sealBatch(this.#seal, record.number, batch, batches.batch(batch));
      if (compareBytes(sealed.leaf, record.leaves[position] as Uint8Array) === 0) return sealed;
    } catch (error) {
      if (!(error instanceof DatasetError || error instanceof DataError)) throw error;
      throw new DataChangedError(seatName(this.seat), batch, record.number, error);
    }
    throw new DataChangedError(seatName(this.seat), batch, record.number);
  }
}

/** The leaves of a planned commitment. Other work gets its turn after every batch. */
export async function buildLeaves(
  seal: Seal,
  source: BatchSource,
  plan: CommitmentPlan,
  signal: AbortSignal,
  progress: Progress,
): Promise<Uint8Array[]> {
  const batches = source(plan.seed, plan.items);
  const leaves: Uint8Array[] = [];
  for (let position = 0; position < plan.count; position++) {
    const batch = plan.firstBatch + position;
    leaves.push(sealBatch(seal, plan.number, batch, batches.batch(batch)).leaf);
    progress(position + 1, plan.count);
    await turn();
    signal.throwIfAborted();
  }
  return leaves;
}
