/** Lookups of unknown channels: at most so many at a time ... */
const MOST_AT_ONCE = 4;
/** ... and so many at once after a pause ... */
const BURST = 20;
/** ... and per second. */
const PER_SECOND = 5;
/** What was not there is not asked for again for this long. */
const ABSENT_MS = 2_000;
const MOST_ABSENT = 10_000;

/**
 * Keeps strangers from making the server question its node: anyone can make up ids of channels. What is opened for
 * our services reaches the view with its block, so a lookup that is not made costs a client a second.
 */
export class Lookups {
  readonly #now: () => number;
  readonly #absent = new Map<string, number>();
  #underWay = 0;
  #tokens = BURST;
  #filledMs: number;

  /** @param now in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#filledMs = now();
  }

  /** Whether this id may be asked for now; if so, {@link end} must follow. */
  begin(id: string): boolean {
    const now = this.#now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filledMs) / 1_000) * PER_SECOND);
    this.#filledMs = now;
    if ((this.#absent.get(id) ?? -Infinity) > now - ABSENT_MS) return false;
    if (this.#tokens < 1 || this.#underWay >= MOST_AT_ONCE) return false;
    this.#tokens--;
    this.#underWay++;
    return true;
  }

  end(id: string, found: boolean): void {
    this.#underWay--;
    this.#absent.delete(id);
    if (found) return;
    this.#absent.set(id, this.#now());
    const [oldest] = this.#absent.keys();
    if (this.#absent.size > MOST_ABSENT && oldest !== undefined) this.#absent.delete(oldest);
  }
}
