import { outputBytes, type Signed, type Voucher } from "@assay/client/market/bytes";
import { GroupCommit } from "@assay/service-kit/group-commit";
import type { Store } from "@assay/service-kit/store";
import { z } from "zod";
import type { Lane } from "./lane.ts";

/** Answers above this are not kept: their replay runs the model again. */
const MAX_ANSWER_BYTES = 16 * 1024;

const bytes = z.instanceof(Uint8Array);
const row = z.object({
  channel: bytes,
  lane: z.bigint(),
  charged_amount: z.string().nullable(),
  charged_call: bytes.nullable(),
  charged_signature: bytes.nullable(),
  answer: bytes.nullable(),
  answer_items: z.bigint().nullable(),
  open_amount: z.string().nullable(),
  open_call: bytes.nullable(),
  open_signature: bytes.nullable(),
});

const SAVE = `INSERT INTO lane
  (channel, lane, charged_amount, charged_call, charged_signature, answer, answer_items, open_amount, open_call, open_signature)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (channel, lane) DO UPDATE SET
  charged_amount = excluded.charged_amount, charged_call = excluded.charged_call,
  charged_signature = excluded.charged_signature, answer = excluded.answer, answer_items = excluded.answer_items,
  open_amount = excluded.open_amount, open_call = excluded.open_call, open_signature = excluded.open_signature`;

/** A lane with its place. */
export interface LogEntry {
  readonly channel: Uint8Array;
  readonly lane: number;
  readonly state: Lane;
}

/**
 * The durable record of what was signed to us. Writes that come in at a time share one transaction, and all that come
 * while the disk is busy share its next flush, so that a thousand calls a second cost a few hundred flushes.
 */
export class VoucherLog {
  readonly #store: Store;
  readonly #unwritten = new Map<Lane, LogEntry>();
  readonly #commits: GroupCommit;

  constructor(store: Store) {
    this.#store = store;
    this.#commits = new GroupCommit(store, {
      write: () => {
        for (const entry of this.#unwritten.values()) this.#save(entry);
      },
      written: () => this.#unwritten.clear(),
    });
  }

  /** Why the last write failed; undefined when it did not. */
  get failure(): unknown {
    return this.#commits.failure;
  }

  /** Everything recorded. An open voucher of a process that ended counts as failed. */
  load(): LogEntry[] {
    return this.#store.all("SELECT * FROM lane", row).map((found) => {
      const lane = Number(found.lane);
      const voucher = (
        amount: string | null,
        callHash: Uint8Array | null,
        signature: Uint8Array | null,
      ): Signed<Voucher> | undefined =>
        amount === null || callHash === null || signature === null
          ? undefined
          : { channel: found.channel, lane, amount: BigInt(amount), callHash, signature };
      const open = voucher(found.open_amount, found.open_call, found.open_signature);
      return {
        channel: found.channel,
        lane,
        state: {
          charged: voucher(found.charged_amount, found.charged_call, found.charged_signature),
          answer: answerOf(found.answer, found.answer_items),
          open: open && { voucher: open, running: undefined },
        },
      };
    });
  }

  /**
   * Records a lane as it is at the time of the next write.
   *
   * @param flush whether it must survive a power cut when this resolves; otherwise it survives the process only.
   * Rejects with DiskFullError, StoreError or StoreCorruptError; the lane is then written with the next one.
   */
  async write(entry: LogEntry, options: { flush: boolean }): Promise<void> {
    this.#unwritten.set(entry.state, entry);
    await this.#commits.commit(options);
  }

  /** Tries again after a failure, so that calls are taken again once there is room. */
  retry(): void {
    if (this.#commits.failure !== undefined) this.#commits.commitNow();
  }

  /** Forgets all lanes of a channel, whose money is gone. */
  forget(channel: Uint8Array): void {
    for (const [state, entry] of this.#unwritten)
      if (Buffer.compare(entry.channel, channel) === 0) this.#unwritten.delete(state);
    this.#store.run("DELETE FROM lane WHERE channel = ?", channel);
  }

  #save({ channel, lane, state: { charged, answer, open } }: LogEntry): void {
    const kept = answer && blobOf(answer);
    this.#store.run(
      SAVE,
      channel,
      lane,
      charged?.amount.toString() ?? null,
      charged?.callHash ?? null,
      charged?.signature ?? null,
      kept ?? null,
      kept ? (answer?.length ?? null) : null,
      open?.voucher.amount.toString() ?? null,
      open?.voucher.callHash ?? null,
      open?.voucher.signature ?? null,
    );
  }
}

/** Whether an answer is small enough to be kept for a replay. */
export function isKept(answer: readonly Int32Array[]): boolean {
  return answer.reduce((sum, { byteLength }) => sum + byteLength, 0) <= MAX_ANSWER_BYTES;
}

function blobOf(answer: readonly Int32Array[]): Uint8Array {
  return Buffer.concat(answer.map(outputBytes));
}

/** All items of an answer have the same number of outputs. */
function answerOf(blob: Uint8Array | null, items: bigint | null): Int32Array[] | undefined {
  if (blob === null || items === null) return undefined;
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const outputs = blob.byteLength / 4 / Number(items);
  return Array.from({ length: Number(items) }, (_, item) =>
    Int32Array.from({ length: outputs }, (_, i) => view.getInt32(4 * (item * outputs + i), true)),
  );
}
