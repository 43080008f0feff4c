import type { Store } from "./store.ts";

export interface GroupCommitOptions {
  /** Writes all that has come together; called in a transaction, which may be undone. */
  write(): void;
  /** The transaction was committed: what was written is not to be written again. */
  written(): void;
}

/** One who waits for a write. */
interface Waiting {
  readonly flush: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Shares transactions and flushes among many small writes. Those of one turn of the event loop go into one
 * transaction, and all that come while the disk is busy share its next flush; the thread waits for neither.
 */
export class GroupCommit {
  readonly #store: Store;
  readonly #options: GroupCommitOptions;
  #waiting: Waiting[] = [];
  /** Committed, and to be flushed. */
  #committed: Waiting[] = [];
  #flushing = false;
  #started = false;
  #failure: unknown;

  constructor(store: Store, options: GroupCommitOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Why the last commit or flush failed; undefined when it did not. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Resolves once what is to be written now has been.
   *
   * @param flush whether it must survive a power cut when this resolves; otherwise it survives the process only.
   * Rejects with what store calls throw.
   */
  commit({ flush }: { flush: boolean }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ flush, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.commitNow());
    });
  }

  /** Writes at once. A failure is told to those who wait, and by {@link failure}. */
  commitNow(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      // The first one also makes sure that the file of the write-ahead log itself survives a power cut.
      this.#store.transaction(() => this.#options.write(), { flush: !this.#started });
    } catch (error) {
      this.#failure = error;
      for (const { reject } of waiting) reject(error);
      return;
    }
    this.#started = true;
    this.#failure = undefined;
    this.#options.written();
    for (const one of waiting) {
      if (one.flush) this.#committed.push(one);
      else one.resolve();
    }
    if (!this.#flushing) void this.#flushAll();
  }

  async #flushAll(): Promise<void> {
    this.#flushing = true;
    while (this.#committed.length > 0) {
      const committed = this.#committed;
      this.#committed = [];
      try {
        await this.#store.flush();
        for (const { resolve } of committed) resolve();
      } catch (error) {
        this.#failure = error;
        for (const { reject } of committed) reject(error);
      }
    }
    this.#flushing = false;
  }
}
