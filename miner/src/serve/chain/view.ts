import type { AssayEvent } from "@assay/client/events";
import type { Params } from "@assay/client/generated/assay/marketplace/v1/params";
import type { Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { sleep } from "@assay/client/sleep";
import { messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { Channel, Head, ServeChain } from "./chain.ts";
import { Lookups } from "./lookups.ts";

/** More blocks behind than this, and everything is read anew instead of block by block. */
const MOST_BLOCKS = 50;
/** More channels touched than this, and all of them are read anew: a page holds 100. */
const MOST_TOUCHED = 100;
/** Blocks over which the block time is measured. */
const MEASURED_BLOCKS = 20;
/** Before two blocks are known. */
const USUAL_BLOCK_MS = 1_000;
/** Without a new head for this long (and for 5 blocks) the chain counts as away. */
const AWAY_MS = 10_000;

export interface ChainViewOptions {
  readonly chain: ServeChain;
  /** Ours. */
  readonly services: readonly bigint[];
  readonly log: Logger;
  /** Unix, in milliseconds. */
  readonly now?: () => number;
  /** Told of every channel that was read, once the view holds it. */
  readonly onChannel?: (channel: Channel) => void;
  readonly pollMs?: number;
}

/**
 * Our services and their channels as the chain has them, followed block by block. Events only say what has
 * changed; what holds is always read from the chain, so nothing is counted twice after a gap or a restart.
 */
export class ChainView {
  readonly #chain: ServeChain;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #onChannel: (channel: Channel) => void;
  readonly #pollMs: number;
  readonly #lookups: Lookups;
  readonly #finding = new Map<string, Promise<Channel | undefined>>();
  readonly #services = new Map<bigint, Service | undefined>();
  readonly #channels = new Map<string, { channel: Channel; read: number }>();
  #params: Params | undefined;
  #heads: Head[] = [];
  #headSeenMs: number;
  /** Of the last block whose events were taken in. */
  #taken: number | undefined;
  #failures = 0;
  #reads = 0;

  constructor(options: ChainViewOptions) {
    this.#chain = options.chain;
    this.#log = options.log;
    this.#now = options.now ?? Date.now;
    this.#onChannel = options.onChannel ?? (() => undefined);
    this.#pollMs = options.pollMs ?? 300;
    this.#lookups = new Lookups(this.#now);
    this.#headSeenMs = this.#now();
    for (const id of options.services) this.#services.set(id, undefined);
  }

  /** Of the last block taken in; 0 before the first. */
  get height(): number {
    return this.#taken ?? 0;
  }

  /** Undefined before the first block. */
  get params(): Params | undefined {
    return this.#params;
  }

  service(id: bigint): Service | undefined {
    return this.#services.get(id);
  }

  channel(idHex: string): Channel | undefined {
    return this.#channels.get(idHex)?.channel;
  }

  channels(): Channel[] {
    return [...this.#channels.values()].map(({ channel }) => channel);
  }

  /** Measured from headers. */
  blockMs(): number {
    const [first, last] = [this.#heads[0], this.#heads.at(-1)];
    if (!first || !last || last.height === first.height) return USUAL_BLOCK_MS;
    return Math.max(1, (last.timeMs - first.timeMs) / (last.height - first.height));
  }

  /**
   * How old the view is. A node that stands still is told by the time since its last new block, one that lags behind
   * the network by the time in its headers.
   */
  headAgeMs(): number {
    const now = this.#now();
    const last = this.#heads.at(-1);
    return Math.max(now - this.#headSeenMs, last ? now - last.timeMs : 0);
  }

  /** Whether nothing has been heard of the chain for a while. */
  away(): boolean {
    return this.#failures > 0 || this.headAgeMs() > Math.max(AWAY_MS, 5 * this.blockMs());
  }

  /**
   * Whether so much of a grace has gone by unseen that a closing might end before our claim. Three blocks are always
   * allowed: a header is as old as its successor is young.
   */
  isStale(graceBlocks: number): boolean {
    return this.headAgeMs() > Math.max(graceBlocks / 4, 3) * this.blockMs();
  }

  /** A channel the view may not know yet, because it has just been opened. Asks the chain, within limits. */
  find(idHex: string): Promise<Channel | undefined> {
    const known = this.channel(idHex);
    if (known) return Promise.resolve(known);
    // The first calls on a new channel come on all of its lanes at once.
    const underWay = this.#finding.get(idHex);
    if (underWay) return underWay;
    if (!this.#lookups.begin(idHex)) return Promise.resolve(undefined);
    const finding = this.#lookUp(idHex);
    this.#finding.set(idHex, finding);
    return finding;
  }

  async #lookUp(idHex: string): Promise<Channel | undefined> {
    try {
      return await this.refresh(idHex);
    } catch (error) {
      this.#log.debug({ error, channel: idHex }, "cannot look a channel up");
      return undefined;
    } finally {
      this.#finding.delete(idHex);
      this.#lookups.end(idHex, this.#channels.has(idHex));
    }
  }

  /** Reads a channel anew; undefined when there is none, or when it is not of our services. */
  async refresh(idHex: string): Promise<Channel | undefined> {
    const read = ++this.#reads;
    const channel = await this.#chain.channel(idHex);
    if (channel && this.#services.has(channel.service)) this.#put(channel, read);
    return this.channel(idHex);
  }

  /** Reads everything, then follows until `signal`. While the node is away it tries again. */
  async follow(signal: AbortSignal): Promise<never> {
    for (;;) {
      await sleep(this.#pollMs, signal);
      try {
        await this.advance();
      } catch (error) {
        signal.throwIfAborted();
        if (this.#failures === 1) this.#log.warn({ error }, `cannot follow the chain: ${messageOf(error)}`);
      }
    }
  }

  /** Takes in what the chain has done since the last call. Throws what reads throw; then nothing is lost. */
  async advance(): Promise<void> {
    try {
      const head = await this.#chain.head();
      await this.#takeIn(head);
      if (this.#failures > 0) this.#log.info({ failures: this.#failures }, "the chain is followed again");
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      throw error;
    }
  }

  async #takeIn(head: Head): Promise<void> {
    if (this.#taken !== undefined && head.height <= this.#taken) return;
    if (this.#taken === undefined) await this.#measure(head);
    if (this.#taken === undefined || head.height - this.#taken > MOST_BLOCKS) await this.#readAll();
    else {
      for (let height = this.#taken + 1; height <= head.height; height++)
        await this.#apply(await this.#chain.events(height));
    }
    this.#taken = head.height;
    this.#headSeenMs = this.#now();
    this.#heads = [...this.#heads, head].slice(-MEASURED_BLOCKS);
  }

  /** An old header, so that the block time is known from the start. */
  async #measure(head: Head): Promise<void> {
    if (head.height <= 1) return;
    try {
      this.#heads = [await this.#chain.header(Math.max(1, head.height - MEASURED_BLOCKS))];
    } catch (error) {
      this.#log.debug({ error }, "the node keeps no old header; the block time is measured as blocks come");
    }
  }

  async #readAll(): Promise<void> {
    this.#params = await this.#chain.params();
    for (const id of this.#services.keys()) {
      this.#services.set(id, await this.#chain.service(id));
      const read = ++this.#reads;
      for (const channel of await this.#chain.channels(id)) this.#put(channel, read);
    }
  }

  async #apply(events: readonly AssayEvent[]): Promise<void> {
    const channels = new Set<string>();
    const services = new Set<bigint>();
    for (const event of events) {
      if (event.name === "EventParamsUpdated") this.#params = await this.#chain.params();
      const { service, channel } = touched(event);
      if (service === undefined || !this.#services.has(service)) continue;
      if (channel) channels.add(Buffer.from(channel).toString("hex"));
      else services.add(service);
    }
    if (channels.size > MOST_TOUCHED) return this.#readAll();
    for (const id of services) this.#services.set(id, await this.#chain.service(id));
    for (const idHex of channels) await this.refresh(idHex);
  }

  /** Keeps what was read last, whatever order answers come in. */
  #put(channel: Channel, read: number): void {
    const known = this.#channels.get(channel.idHex);
    if (known && known.read > read) return;
    this.#channels.set(channel.idHex, { channel, read });
    this.#onChannel(channel);
  }
}

/** What an event is about: a channel of a service, or the service itself. */
function touched({ name, value }: AssayEvent): { service?: bigint | undefined; channel?: Uint8Array } {
  switch (name) {
    case "EventChannelOpened":
      return value.channel ? { service: value.channel.service, channel: value.channel.id } : {};
    case "EventChannelToppedUp":
    case "EventChannelClosing":
    case "EventChannelClosed":
    case "EventVoucherClaimed":
      return { service: value.service, channel: value.channel };
    case "EventServiceUpdated":
      return { service: value.service?.id };
    case "EventServiceClosed":
    case "EventServiceConvicted":
    case "EventBondReleased":
      return { service: value.service };
    default:
      return {};
  }
}
