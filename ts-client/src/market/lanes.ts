/**
 * Hands out the lanes of a channel to calls, first come, first served.
 *
 * How many may be used at a time grows with trust: one at first, one more for every verified answer, so that it
 * doubles with each round of answers. A provider that takes money and gives nothing so gets one price per lane in
 * use, and finds few in use.
 */
export class Lanes<Lane> {
  readonly #lanes: readonly Lane[];
  readonly #free: boolean[];
  #waiting: Waiting<Lane>[] = [];
  #width = 1;
  #closed: Error | undefined;
  #drained: (() => void)[] = [];

  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes;
    this.#free = lanes.map(() => true);
  }

  /** Whether no call uses a lane. */
  get idle(): boolean {
    return this.#free.every((free) => free);
  }

  /** Whether no call waits for a lane. */
  get quiet(): boolean {
    return this.#waiting.length === 0;
  }

  /** Waits for a lane. The caller gives it back with `release`. Throws the signal's reason, or that of `close`. */
  acquire(signal?: AbortSignal): Promise<Lane> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(signal?.reason as Error);
      };
      const settled = () => signal?.removeEventListener("abort", stop);
      const waiting = {
        resolve: (lane: Lane) => (settled(), resolve(lane)),
        reject: (reason: Error) => (settled(), reject(reason)),
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.#waiting.push(waiting);
      this.#serve();
    });
  }

  /** Takes the first lane that no call uses and of which this is true, out of turn. */
  takeWhere(wanted: (lane: Lane) => boolean): Lane | undefined {
    const lane = this.#lanes.find((candidate, index) => this.#free[index] && wanted(candidate));
    if (lane !== undefined) this.take(lane);
    return lane;
  }

  /** Takes one lane out of turn, if no call uses it. */
  take(lane: Lane): boolean {
    const index = this.#lanes.indexOf(lane);
    if (!this.#free[index]) return false;
    this.#free[index] = false;
    return true;
  }

  release(lane: Lane): void {
    this.#free[this.#lanes.indexOf(lane)] = true;
    this.#serve();
    if (this.idle) for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** After a verified answer. */
  grow(): void {
    if (this.#width >= this.#lanes.length) return;
    this.#width++;
    this.#serve();
  }

  /** The provider has too much to do. */
  halve(): void {
    this.#width = Math.max(1, Math.floor(this.#width / 2));
  }

  /** Trust begins anew, and the calls that wait for a lane fail. */
  reset(reason: Error): void {
    this.#width = 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(reason);
  }

  /** No call gets a lane any more. */
  close(reason: Error): void {
    this.#closed = reason;
    this.reset(reason);
  }

  reopen(): void {
    this.#closed = undefined;
  }

  /** Resolves when no call uses a lane. */
  drained(): Promise<void> {
    return this.idle ? Promise.resolve() : new Promise((resolve) => this.#drained.push(resolve));
  }

  #serve(): void {
    if (this.#closed !== undefined) return this.reset(this.#closed);
    while (this.#waiting.length > 0) {
      const index = this.#free.indexOf(true);
      if (index < 0 || index >= this.#width) return;
      this.#free[index] = false;
      this.#waiting.shift()!.resolve(this.#lanes[index]!);
    }
  }
}

interface Waiting<Lane> {
  resolve(lane: Lane): void;
  reject(reason: Error): void;
}
