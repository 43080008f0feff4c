import type { Channel } from "../chain/chain.ts";
import { signedOn, type Lane } from "./lane.ts";
import type { VoucherLog } from "./log.ts";

/** The lanes of all channels, in memory; the log has the same on disk. */
export class Lanes {
  readonly #channels = new Map<string, (Lane | undefined)[]>();

  /** With what the log remembers. */
  constructor(log: VoucherLog) {
    for (const { channel, lane, state } of log.load())
      this.#lanesOf(Buffer.from(channel).toString("hex"))[lane] = state;
  }

  /** The state of a lane; an empty one if nothing was ever signed there. It is kept once {@link keep} was called. */
  get(channelHex: string, lane: number): Lane {
    return (
      this.#channels.get(channelHex)?.[lane] ?? { charged: undefined, answer: undefined, open: undefined }
    );
  }

  keep(channelHex: string, lane: number, state: Lane): void {
    this.#lanesOf(channelHex)[lane] = state;
  }

  /** By number; lanes that nothing was signed on are undefined. */
  all(channelHex: string): readonly (Lane | undefined)[] {
    return this.#channels.get(channelHex) ?? [];
  }

  /** Whether a call is under way on any lane. */
  isRunning(channelHex: string): boolean {
    return this.all(channelHex).some((lane) => lane?.open?.running !== undefined);
  }

  forget(channelHex: string): void {
    this.#channels.delete(channelHex);
  }

  /** What is signed and not settled on all lanes of a channel, without one of them. */
  unsettled({ idHex, lanes }: Channel, except?: number): bigint {
    return this.all(idHex).reduce((sum, state, lane) => {
      if (!state || lane === except) return sum;
      return sum + above(signedOn(state), lanes[lane]);
    }, 0n);
  }

  /** What a claim could move on a channel now. */
  claimable({ idHex, lanes }: Channel): bigint {
    return this.all(idHex).reduce(
      (sum, state, lane) => sum + above(state?.charged?.amount ?? 0n, lanes[lane]),
      0n,
    );
  }

  #lanesOf(channelHex: string): (Lane | undefined)[] {
    let lanes = this.#channels.get(channelHex);
    if (!lanes) this.#channels.set(channelHex, (lanes = []));
    return lanes;
  }
}

function above(signed: bigint, settled = 0n): bigint {
  return signed > settled ? signed - settled : 0n;
}
