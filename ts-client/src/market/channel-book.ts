import { fromBase64, fromHex, toBase64, toHex } from "@cosmjs/encoding";
import { z } from "zod";
import { getChannel } from "../actions/getChannel.ts";
import { getCredits } from "../actions/getCredits.ts";
import { getMarketParams } from "../actions/getMarketParams.ts";
import { getPayerCounter } from "../actions/getPayerCounter.ts";
import { addressBytes } from "../address.ts";
import type { AssayClient } from "../client.ts";
import {
  AssayError,
  MalformedResponseError,
  NotFoundError,
  TxFailedError,
  TxTimeoutError,
} from "../errors.ts";
import { ChannelStatus, type Channel as ChannelOnChain } from "../generated/assay/marketplace/v1/channel.ts";
import type { Service } from "../generated/assay/marketplace/v1/service.ts";
import { MsgCloseChannelResponse } from "../generated/assay/marketplace/v1/tx.ts";
import { closeChannel, finaliseChannel, openChannel, topUp, withdraw } from "../messages.ts";
import { compareBytes } from "../protocol/hash.ts";
import type { Sender } from "../sender.ts";
import { untilAborted } from "../sleep.ts";
import { decideDeposit, depositFor, max, type Budget } from "./budget.ts";
import { ChannelClosedError } from "./buyer-errors.ts";
import type { BuyerStore } from "./buyer-store.ts";
import { channelId } from "./bytes.ts";
import { generateSigningKey } from "./ed25519.ts";
import type { Answer, Call } from "./exchange.ts";
import { Lanes } from "./lanes.ts";

/** A key pair, with WebCrypto's or a faster implementation behind it. */
export interface VoucherKey {
  readonly publicKey: Uint8Array;
  sign(digest: Uint8Array): Promise<Uint8Array> | Uint8Array;
}

/** A call that is paid for by a voucher and has no answer yet. */
export interface Pending {
  /** Of the voucher: base units, cumulative. */
  readonly amount: bigint;
  readonly salt: Uint8Array;
  readonly callHash: Uint8Array;
  /** Undefined after a restart, when the items were too large to be stored. */
  readonly items: readonly Uint8Array[] | undefined;
}

/** One lane of a channel; amounts are base units, cumulative. */
export interface Lane {
  readonly index: number;
  /** What was paid for answers. */
  charged: bigint;
  /** The most that was ever signed: what the provider may claim. */
  exposed: bigint;
  /** As long as the provider may have taken the voucher without our knowing. */
  pending: Pending | undefined;
  /** Whether a caller of this process gave up on what is pending: whoever asks the same again is to have it. */
  owed: boolean;
}

/** An open channel that this buyer can sign for. */
export interface Channel {
  readonly hex: string;
  readonly id: Uint8Array;
  readonly service: bigint;
  readonly denom: string;
  /** Per item, when it was opened: what is paid without asking. */
  readonly price: bigint;
  readonly key: VoucherKey;
  readonly lanes: Lanes<Lane>;
  readonly all: readonly Lane[];
  /** What is neither claimed nor signed for: base units. Never more than the chain would say. */
  room: bigint;
  /** Answers that were paid for and came after their caller had given up; at most one for each lane. */
  readonly unclaimed: Bought[];
}

/** A call with its answer, and what it cost in base units. */
export interface Bought {
  call: Call;
  answer: Answer;
  paid: bigint;
}

/** Items of a call are stored with its voucher up to this size, so that a restart can ask again. */
const MAX_STORED_BYTES = 64 * 1024;
/** A deposit that is used up faster than this is followed by one of twice its size. */
const BRISK_MS = 60_000;
/** After a failed deposit in the background, the next attempt waits. */
const RETRY_MS = 10_000;
/** How often an opening is tried when other programs open channels of the same account. */
const MAX_OPENINGS = 3;

const amount = z.codec(z.string().regex(/^[0-9]+$/), z.bigint(), { decode: BigInt, encode: String });
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const hex = z.codec(z.string().regex(/^([0-9a-f]{2})*$/), bytes, { decode: fromHex, encode: toHex });
const base64 = z.codec(z.base64(), bytes, { decode: fromBase64, encode: toBase64 });

const channelRecord = z.object({
  service: amount,
  n: amount,
  /** Of the voucher key. */
  seed: hex,
  lanes: z.int().min(1).max(64),
  denom: z.string(),
  price: amount,
  /** All deposits that were sent, whether they are known to have arrived or not. */
  deposited: amount,
  /** A closed one is kept because its deposits count for the budget. */
  state: z.enum(["opening", "open", "closed"]),
});
type ChannelRecord = z.output<typeof channelRecord>;

const laneRecord = z.object({
  charged: amount,
  exposed: amount,
  pending: z.object({ amount, salt: hex, callHash: hex, items: z.array(base64).optional() }).optional(),
});

/** As {@link laneRecord} reads it. Written by hand, because it is written with every call. */
function recordOf({ charged, exposed, pending }: Lane): z.input<typeof laneRecord> {
  const record = { charged: String(charged), exposed: String(exposed) };
  if (!pending) return record;
  const { amount, salt, callHash, items = [] } = pending;
  const size = items.reduce((sum, { length }) => sum + length, 0);
  const stored = size > 0 && size <= MAX_STORED_BYTES ? items.map(base64Of) : undefined;
  return {
    ...record,
    pending: { amount: String(amount), salt: toHex(salt), callHash: toHex(callHash), items: stored },
  };
}

/** As `toBase64`, and faster: an item is written down with every call. */
function base64Of(item: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < item.length; at += 8_192)
    binary += String.fromCharCode(...item.subarray(at, at + 8_192));
  return btoa(binary);
}

export interface ChannelBookParameters {
  client: AssayClient;
  sender: Sender;
  store: BuyerStore;
  budget: Budget;
  /** Whether to top up in the background when little is left. */
  topUpInAdvance: boolean;
  /** Of new channels, 1 to 64. */
  lanes: number;
  /** Whose coins are deposited, by its approval; undefined for the sender's own. */
  funder: string | undefined;
  importSigningKey(seed: Uint8Array): Promise<VoucherKey> | VoucherKey;
  now(): number;
  log(message: string, details: Record<string, unknown>): void;
}

/** What the channel's last deposit was, to decide the next one. */
interface Deposits {
  last: bigint;
  at: number;
  running: Promise<void> | undefined;
  notBefore: number;
}

/**
 * The channels of a buyer, one per service, and what is written down about them. Everything that is sent is recorded
 * first: an opening before its transaction, a voucher before its call.
 */
export class ChannelBook {
  readonly #p: ChannelBookParameters;
  readonly #prefix: string;
  readonly #records = new Map<string, ChannelRecord>();
  readonly #deposits = new Map<string, Deposits>();
  /** By service. */
  readonly #open = new Map<bigint, Channel>();
  readonly #opening = new Map<bigint, Promise<Channel | undefined>>();
  #loaded: Promise<void> | undefined;
  /** Openings of one payer go one after the other, because of its counter. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parameters: ChannelBookParameters) {
    this.#p = parameters;
    this.#prefix = `${parameters.client.chainId}/${parameters.sender.address}/`;
  }

  /** Reads the records; once. */
  load(): Promise<void> {
    this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  async #load(): Promise<void> {
    const prefix = `${this.#prefix}channel/`;
    for (const key of await this.#p.store.keys(prefix)) {
      const record = await this.#read(key, channelRecord);
      if (record) this.#records.set(key.slice(prefix.length), record);
    }
  }

  /** Id of a service's channel that is not known to be closed. */
  idOf(service: bigint): string | undefined {
    for (const [id, record] of this.#records)
      if (record.service === service && record.state === "open") return id;
    return undefined;
  }

  /** The channel of a service; undefined when there is none (any more). */
  async find(service: bigint, signal?: AbortSignal): Promise<Channel | undefined> {
    const found = this.#open.get(service);
    if (found) return found;
    const opening = this.#opening.get(service);
    if (opening) return untilAborted(opening, signal);
    for (const [id, record] of this.#records)
      if (record.service === service && record.state === "open")
        return untilAborted(this.#activateOnce(id, record), signal);
    return undefined;
  }

  /** The channel of a service; opens one with a deposit for `demand()` base units at least. */
  async ensure(service: Service, cost: bigint, demand: () => bigint, signal?: AbortSignal): Promise<Channel> {
    const found = await this.find(service.id, signal);
    if (found) return found;
    return untilAborted(
      this.#single(service.id, () => this.#inTurn(() => this.#openNew(service, cost, demand))),
      signal,
    );
  }

  /** How much an opening would deposit now. Throws BudgetExceededError. */
  async firstDeposit({ denom }: Service, cost: bigint, demand: bigint): Promise<bigint> {
    const { denoms } = await getMarketParams(this.#p.client);
    const least = max(demand, BigInt(denoms.find((allowed) => allowed.denom === denom)?.minDeposit ?? 1));
    const inAll = this.#depositedIn(denom);
    return decideDeposit(this.#p.budget, {
      denom,
      inChannel: 0n,
      inAll,
      least: max(least, cost),
      wanted: depositFor(cost),
    });
  }

  /** How much a top-up would deposit now, `least` or more. Throws BudgetExceededError. */
  nextDeposit(channel: Channel, least: bigint): bigint {
    const { deposited } = this.#record(channel.hex);
    const { last, at } = this.#depositsOf(channel.hex);
    const wanted = this.#p.now() - at < BRISK_MS ? 2n * last : last;
    const { denom } = channel;
    return decideDeposit(this.#p.budget, {
      denom,
      inChannel: deposited,
      inAll: this.#depositedIn(denom),
      least,
      wanted,
    });
  }

  /**
   * Sets aside what a voucher of `amount` promises beyond what the lane has promised already, topping the channel up
   * first when it holds less. When little is left it tops up in the background, if it may.
   */
  async reserve(channel: Channel, lane: Lane, amount: bigint, signal?: AbortSignal): Promise<void> {
    const need = amount - lane.exposed;
    if (need <= 0n) return;
    while (channel.room < need) await untilAborted(this.#topUp(channel, need - channel.room), signal);
    channel.room -= need;
    lane.exposed = amount;
    if (!this.#p.topUpInAdvance) return;
    const deposits = this.#depositsOf(channel.hex);
    if (2n * channel.room >= deposits.last || deposits.running || this.#p.now() < deposits.notBefore) return;
    this.#topUp(channel, 1n).catch((error: unknown) => {
      deposits.notBefore = this.#p.now() + RETRY_MS;
      this.#p.log("cannot top up a channel in advance", { channel: channel.hex, error });
    });
  }

  /** Records a lane; when it resolves, what is pending on it may be sent. */
  save(channel: Channel, lane: Lane): Promise<void> {
    const key = this.#laneKey(channel.hex, lane.index);
    // What a power cut takes, the provider shows again, and nobody else could have signed it.
    return this.#p.store.put(key, JSON.stringify(recordOf(lane)), { flush: false });
  }

  /** Records a lane some time soon. */
  saveLater(channel: Channel, lane: Lane): void {
    this.save(channel, lane).catch((error: unknown) =>
      this.#p.log("cannot record a lane", { channel: channel.hex, lane: lane.index, error }),
    );
  }

  /** Compares a channel with the chain. Throws {@link ChannelClosedError} if nothing can be paid with it any more. */
  async refresh(channel: Channel): Promise<ChannelOnChain> {
    const view = await getChannel(this.#p.client, { idHex: channel.hex });
    if (view.status !== ChannelStatus.OPEN) {
      const error = new ChannelClosedError(channel.hex);
      channel.lanes.close(error);
      this.#forget(channel);
      if (view.status === ChannelStatus.CLOSED) await this.#setState(channel.hex, "closed");
      throw error;
    }
    settle(channel, view);
    return view;
  }

  /** Finishes openings that a restart interrupted, and returns all open channels. */
  async activateAll(): Promise<Channel[]> {
    const channels: Channel[] = [];
    for (const [id, record] of this.#records) {
      if (record.state === "closed") continue;
      const channel =
        record.state === "opening"
          ? await this.#single(record.service, () => this.#inTurn(() => this.#finishOpening(id, record)))
          : await this.#activateOnce(id, record);
      if (channel) channels.push(channel);
    }
    return channels;
  }

  /**
   * Closes a channel of the payer, whether this buyer has its key or not; again after its grace, to get back what is
   * left. Returns the height from which on that can be done, or undefined when it is closed.
   */
  async close(id: string): Promise<number | undefined> {
    const { client, sender } = this.#p;
    const channel = [...this.#open.values()].find(({ hex }) => hex === id);
    channel?.lanes.close(new ChannelClosedError(id));
    await channel?.lanes.drained();
    const own = { sender: sender.address, channel: fromHex(id) };
    const view = await getChannel(client, { idHex: id });
    let closeHeight = Number(view.closeHeight);
    try {
      if (view.status === ChannelStatus.OPEN) {
        const { msgResponses } = await sender.send([closeChannel(own)]);
        closeHeight = Number(MsgCloseChannelResponse.decode(firstResponse(msgResponses)).closeHeight);
      } else if (view.status === ChannelStatus.CLOSING) {
        const { syncInfo } = await client.comet.status();
        if (syncInfo.latestBlockHeight >= closeHeight) {
          await sender.send([finaliseChannel(own)]);
          closeHeight = 0;
        }
      } else closeHeight = 0;
    } catch (error) {
      channel?.lanes.reopen();
      throw error;
    }
    if (channel) this.#forget(channel);
    if (closeHeight > 0) return closeHeight;
    await this.#setState(id, "closed");
    if (view.funder === sender.address) await this.#withdraw();
    return undefined;
  }

  /** What comes back is credited by the chain; this brings it to the account. */
  async #withdraw(): Promise<void> {
    const { client, sender } = this.#p;
    const owner = sender.address;
    if ((await getCredits(client, { owner })).length > 0) await sender.send([withdraw({ owner })]);
  }

  #forget(channel: Channel): void {
    if (this.#open.get(channel.service) === channel) this.#open.delete(channel.service);
  }

  // --- opening

  /** One opening or activation per service at a time. */
  #single<T extends Channel | undefined>(service: bigint, open: () => Promise<T>): Promise<T> {
    const running = this.#opening.get(service) as Promise<T> | undefined;
    if (running) return running;
    const promise = open().finally(() => this.#opening.delete(service));
    this.#opening.set(service, promise);
    return promise;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task, task);
    this.#last = turn;
    return turn;
  }

  async #openNew(service: Service, cost: bigint, demand: () => bigint): Promise<Channel> {
    const { client, sender, lanes } = this.#p;
    for (const [id, record] of this.#records) {
      if (record.service !== service.id || record.state !== "opening") continue;
      const channel = await this.#finishOpening(id, record);
      if (channel) return channel;
    }
    for (let attempt = 1; ; attempt++) {
      const n = await getPayerCounter(client, { payer: sender.address });
      const id = toHex(channelId(client.chainId, addressBytes(sender.address), n));
      const record: ChannelRecord = {
        service: service.id,
        n,
        lanes,
        denom: service.denom,
        price: service.price,
        state: "opening",
        seed: crypto.getRandomValues(new Uint8Array(32)),
        deposited: await this.firstDeposit(service, cost, demand()),
      };
      await this.#put(id, record);
      try {
        return await this.#sendOpening(id, record, service.promise);
      } catch (error) {
        // Another program of the same account may have opened a channel at the same time.
        const lost =
          error instanceof TxFailedError && n !== (await getPayerCounter(client, { payer: sender.address }));
        if (!lost || attempt >= MAX_OPENINGS) throw error;
      }
    }
  }

  async #sendOpening(id: string, record: ChannelRecord, minPromise: number): Promise<Channel> {
    const { sender, funder } = this.#p;
    const { service, n, lanes, denom, deposited } = record;
    const key = await this.#p.importSigningKey(record.seed);
    const message = openChannel({
      payer: sender.address,
      service,
      n,
      lanes,
      minPromise,
      funder,
      voucherKey: key.publicKey,
      deposit: { denom, amount: deposited },
    });
    try {
      await sender.send([message], { id: `market/open/${id}` });
    } catch (error) {
      if (error instanceof TxFailedError || error instanceof TxTimeoutError) {
        // An earlier process may have opened it with another transaction.
        const channel = await this.#adopt(id, record);
        if (channel) return channel;
        await this.#remove(id);
      }
      throw error;
    }
    const channel = await this.#adopt(id, record);
    if (!channel) throw new MalformedResponseError(`channel ${id} was opened but is not there`);
    return channel;
  }

  /** Undefined if it can never be opened any more. */
  async #finishOpening(id: string, record: ChannelRecord): Promise<Channel | undefined> {
    const { client, sender } = this.#p;
    const channel = await this.#adopt(id, record);
    if (channel) return channel;
    const next = await getPayerCounter(client, { payer: sender.address });
    if (next === record.n) return this.#sendOpening(id, record, 0);
    await this.#remove(id);
    return undefined;
  }

  /** The channel if it is on the chain, open and ours. */
  async #adopt(id: string, record: ChannelRecord): Promise<Channel | undefined> {
    const view = await getChannel(this.#p.client, { idHex: id }).catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    });
    if (!view) return undefined;
    const key = await this.#p.importSigningKey(record.seed);
    if (compareBytes(view.voucherKey, key.publicKey) !== 0) return undefined;
    if (view.status !== ChannelStatus.OPEN) {
      await this.#setState(id, "closed");
      return undefined;
    }
    await this.#setState(id, "open");
    const all: Lane[] = [];
    for (const [index, settled] of view.lanes.entries()) {
      const saved = await this.#read(this.#laneKey(id, index), laneRecord);
      all.push({
        index,
        charged: max(saved?.charged ?? 0n, settled),
        exposed: max(saved?.exposed ?? 0n, settled),
        pending: saved?.pending && { ...saved.pending, items: saved.pending.items },
        owed: false,
      });
    }
    const { service, denom, price } = record;
    const channel = {
      hex: id,
      id: view.id,
      service,
      denom,
      price,
      key,
      lanes: new Lanes(all),
      all,
      room: 0n,
      unclaimed: [],
    };
    settle(channel, view);
    this.#open.set(service, channel);
    return channel;
  }

  #activateOnce(id: string, record: ChannelRecord): Promise<Channel | undefined> {
    const active = this.#open.get(record.service);
    if (active) return Promise.resolve(active.hex === id ? active : undefined);
    return this.#single(record.service, () => this.#adopt(id, record));
  }

  // --- deposits

  #topUp(channel: Channel, least: bigint): Promise<void> {
    const deposits = this.#depositsOf(channel.hex);
    deposits.running ??= this.#sendTopUp(channel, least, deposits).finally(
      () => (deposits.running = undefined),
    );
    return deposits.running;
  }

  async #sendTopUp(channel: Channel, least: bigint, deposits: Deposits): Promise<void> {
    const { sender, funder, now } = this.#p;
    const { hex, id, denom } = channel;
    const amount = this.nextDeposit(channel, least);
    const record = this.#record(hex);
    const deposited = record.deposited + amount;
    await this.#put(hex, { ...record, deposited });
    try {
      const message = topUp({ sender: sender.address, channel: id, amount: { denom, amount }, funder });
      await sender.send([message], { id: `market/top-up/${hex}/${deposited}` });
    } catch (error) {
      // Only of these it is known that nothing was deposited.
      if (error instanceof TxFailedError || error instanceof TxTimeoutError) await this.#put(hex, record);
      throw error;
    }
    deposits.last = amount;
    deposits.at = now();
    await this.refresh(channel);
  }

  #depositsOf(id: string): Deposits {
    const found = this.#deposits.get(id);
    if (found) return found;
    const { deposited } = this.#record(id);
    const fresh = { last: deposited, at: this.#p.now(), running: undefined, notBefore: 0 };
    this.#deposits.set(id, fresh);
    return fresh;
  }

  #depositedIn(denom: string): bigint {
    let sum = 0n;
    for (const record of this.#records.values()) if (record.denom === denom) sum += record.deposited;
    return sum;
  }

  // --- records

  #record(id: string): ChannelRecord {
    const record = this.#records.get(id);
    if (!record) throw new RangeError(`no record of channel ${id}`);
    return record;
  }

  async #put(id: string, record: ChannelRecord): Promise<void> {
    this.#records.set(id, record);
    await this.#p.store.put(`${this.#prefix}channel/${id}`, JSON.stringify(z.encode(channelRecord, record)));
  }

  async #setState(id: string, state: ChannelRecord["state"]): Promise<void> {
    const record = this.#records.get(id);
    if (!record || record.state === state) return;
    await this.#put(id, { ...record, state });
    if (state !== "closed") return;
    for (let lane = 0; lane < record.lanes; lane++) await this.#p.store.delete(this.#laneKey(id, lane));
  }

  async #remove(id: string): Promise<void> {
    this.#records.delete(id);
    await this.#p.store.delete(`${this.#prefix}channel/${id}`);
  }

  #laneKey(id: string, lane: number): string {
    return `${this.#prefix}lane/${id}/${lane}`;
  }

  async #read<T extends z.ZodType>(key: string, schema: T): Promise<z.output<T> | undefined> {
    const value = await this.#p.store.get(key);
    return value === undefined ? undefined : z.decode(schema, JSON.parse(value) as z.input<T>);
  }
}

/** Counts again what a channel has left. */
function settle(channel: Channel, view: ChannelOnChain): void {
  let room = BigInt(view.avail);
  for (const lane of channel.all) {
    const settled = view.lanes[lane.index] ?? 0n;
    lane.exposed = max(lane.exposed, settled);
    room -= lane.exposed - settled;
  }
  channel.room = room;
}

function firstResponse(responses: readonly { value: Uint8Array }[]): Uint8Array {
  const [response] = responses;
  if (!response) throw new MalformedResponseError("the transaction has no message response");
  return response.value;
}

/** A channel that is about to be opened by another part of the program than a buyer. */
export interface Opening {
  chainId: string;
  payer: string;
  service: bigint;
  /** The payer's counter, as the message has it. */
  n: bigint;
  lanes: number;
  denom: string;
  /** Per item, base units: what a buyer then pays without asking. */
  price: bigint;
  /** Base units. */
  deposit: bigint;
}

/** An {@link Opening} with its key. */
export interface PreparedOpening {
  /** Of the channel, lower-case hex. */
  readonly id: string;
  /** For the message that opens it. */
  readonly voucherKey: Uint8Array;
  /** Writes the key down; call it before the message is sent. Throws AssayError when this channel is being opened. */
  write(): Promise<void>;
  /** Says that the chain has opened it. */
  opened(): Promise<void>;
  /** Says that it never will. */
  forget(): Promise<void>;
}

/**
 * Makes the voucher key of a channel, to be written down where the buyer of this store and payer finds it: that one then
 * pays with the channel.
 */
export async function prepareOpening(store: BuyerStore, opening: Opening): Promise<PreparedOpening> {
  const { chainId, payer, service, n, lanes, denom, price, deposit } = opening;
  const { seed, publicKey } = await generateSigningKey();
  const id = toHex(channelId(chainId, addressBytes(payer), n));
  const key = `${chainId}/${payer}/channel/${id}`;
  const put = (state: ChannelRecord["state"]): Promise<void> => {
    const record: ChannelRecord = { service, n, seed, lanes, denom, price, deposited: deposit, state };
    return store.put(key, JSON.stringify(z.encode(channelRecord, record)));
  };
  return {
    id,
    voucherKey: publicKey,
    write: async () => {
      // It would be the only copy of a key that coins may depend on.
      if ((await store.get(key)) !== undefined)
        throw new AssayError(`Channel ${id} is being opened already; the buyer of this store finishes that.`);
      await put("opening");
    },
    opened: () => put("open"),
    forget: () => store.delete(key),
  };
}
