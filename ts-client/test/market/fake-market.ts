import { toHex } from "@cosmjs/encoding";
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { AssayClient } from "../../src/client.ts";
import { addressBytes } from "../../src/address.ts";
import { NotFoundError, TxFailedError } from "../../src/errors.ts";
import { Channel, ChannelStatus } from "../../src/generated/assay/marketplace/v1/channel.ts";
import { Params } from "../../src/generated/assay/marketplace/v1/params.ts";
import { Service, ServiceStatus } from "../../src/generated/assay/marketplace/v1/service.ts";
import {
  MsgCloseChannelResponse,
  type MsgCloseChannel,
  type MsgFinaliseChannel,
  type MsgOpenChannel,
  type MsgTopUp,
} from "../../src/generated/assay/marketplace/v1/tx.ts";
import { channelId } from "../../src/market/bytes.ts";
import { MARKETPLACE_ERRORS, type MarketplaceErrorName } from "../../src/marketplaceErrors.ts";
import type { Sender, SendOptions, TxResult } from "../../src/sender.ts";
import { sleep } from "../../src/sleep.ts";
import { CHAIN } from "./samples.ts";

const GRACE = 20;
const MIN_DEPOSIT = 1_000n;

/** The market of a chain in memory: what a buyer reads of it, and what its transactions do there. */
export class FakeMarket {
  height = 100;
  readonly services = new Map<bigint, Service>();
  readonly channels = new Map<string, Channel>();
  readonly files = new Map<string, Uint8Array>();
  /** By owner and denom. */
  readonly credits = new Map<string, Map<string, bigint>>();
  /** What was sent, in order. */
  readonly sent: EncodeObject[] = [];
  /** How long a transaction takes. */
  blockMs = 0;
  /** What happens to the next sends: "before" they take effect, or "after" it. */
  readonly losses: ("before" | "after")[] = [];
  #n = 0n;

  /** What the buyer asks of a node, as if over one. */
  get client(): AssayClient {
    const marketplace = {
      Params: async () => ({
        params: Params.fromPartial({
          denoms: ["uassay", "uother"].map((denom) => ({ denom, minDeposit: String(MIN_DEPOSIT) })),
        }),
      }),
      Service: async ({ id }: { id: bigint }) => ({
        entry: { service: Service.fromPartial(this.#found(this.services, id)), smoothed: 900_000 },
      }),
      Channel: async ({ idHex }: { idHex: string }) => ({
        channel: Channel.fromPartial(this.#found(this.channels, idHex)),
      }),
      Channels: async () => ({ channels: [...this.channels.values()].map((c) => Channel.fromPartial(c)) }),
      PayerCounter: async () => ({ next: this.#n }),
      Credits: async ({ owner }: { owner: string }) => ({
        credits: [...(this.credits.get(owner) ?? [])].map(([denom, amount]) => ({
          denom,
          amount: amount.toString(),
        })),
      }),
    };
    const poi = {
      ModelFile: async ({ modelHex }: { modelHex: string }) => ({ file: this.#found(this.files, modelHex) }),
    };
    const comet = { status: async () => ({ syncInfo: { latestBlockHeight: this.height } }) };
    return { chainId: CHAIN, marketplace, poi, comet } as unknown as AssayClient;
  }

  /** The sender of an account; without a journal, as one whose process is new. */
  senderOf(address: string): Sender {
    return { address, send: async (msgs, options) => this.#send(address, msgs, options) };
  }

  list(service: Partial<Service>): Service {
    const listed = Service.fromPartial({
      name: "fake",
      interface: "oip.v2",
      denom: "uassay",
      price: 100n,
      status: ServiceStatus.ACTIVE,
      model: new Uint8Array(32).fill(9),
      provider: "assay1provider",
      bond: "1000",
      ...service,
    });
    this.services.set(listed.id, listed);
    return listed;
  }

  /** As MsgClaim with one voucher. */
  claim(id: string, lane: number, amount: bigint): void {
    const channel = this.#found(this.channels, id);
    const before = channel.lanes[lane] ?? 0n;
    const moved = amount - before < BigInt(channel.avail) ? amount - before : BigInt(channel.avail);
    if (moved <= 0n) return;
    channel.lanes[lane] = before + moved;
    channel.avail = String(BigInt(channel.avail) - moved);
    channel.released = String(BigInt(channel.released) + moved);
  }

  /** Another program of the payer opens a channel. */
  useCounter(): void {
    this.#n++;
  }

  #found<K, V>(map: Map<K, V>, key: K): V {
    const value = map.get(key);
    if (value === undefined) throw new NotFoundError("/", 22, "sdk", `${String(key)} not found`);
    return value;
  }

  async #send(address: string, msgs: readonly EncodeObject[], _options?: SendOptions): Promise<TxResult> {
    if (this.blockMs > 0) await sleep(this.blockMs);
    const loss = this.losses.shift();
    if (loss === "before") throw new Error("the process ended before it was sent");
    const msgResponses = msgs.map((msg) => ({ typeUrl: "", value: this.#deliver(address, msg) }));
    this.sent.push(...msgs);
    this.height++;
    if (loss === "after") throw new Error("the process ended after it was sent");
    return { hash: "00", height: this.height, gasUsed: 1n, events: [], msgResponses };
  }

  #deliver(address: string, { typeUrl, value }: EncodeObject): Uint8Array {
    switch (typeUrl.split(".").at(-1)) {
      case "MsgOpenChannel":
        return this.#open(address, value as MsgOpenChannel);
      case "MsgTopUp": {
        const { channel: id, amount } = value as MsgTopUp;
        const channel = this.#found(this.channels, toHex(id));
        if (channel.status !== ChannelStatus.OPEN) throw refusal("channelClosed");
        channel.deposited = String(BigInt(channel.deposited) + BigInt(amount!.amount));
        channel.avail = String(BigInt(channel.avail) + BigInt(amount!.amount));
        return new Uint8Array();
      }
      case "MsgCloseChannel": {
        const channel = this.#found(this.channels, toHex((value as MsgCloseChannel).channel));
        const convicted = this.services.get(channel.service)?.status === ServiceStatus.CONVICTED;
        if (convicted) return this.#finalise(channel);
        channel.status = ChannelStatus.CLOSING;
        channel.closeHeight = BigInt(this.height + GRACE);
        return MsgCloseChannelResponse.encode({ closeHeight: channel.closeHeight, results: [] }).finish();
      }
      case "MsgFinaliseChannel": {
        const channel = this.#found(this.channels, toHex((value as MsgFinaliseChannel).channel));
        if (this.height < Number(channel.closeHeight)) throw refusal("grace");
        return this.#finalise(channel);
      }
      case "MsgWithdraw":
        if (!this.credits.delete(address)) throw refusal("nothingToPay");
        return new Uint8Array();
      default:
        throw new RangeError(`no message ${typeUrl}`);
    }
  }

  #open(payer: string, { service: id, n, voucherKey, lanes, deposit }: MsgOpenChannel): Uint8Array {
    if (n !== this.#n) throw refusal("counter");
    const service = this.#found(this.services, id);
    if (service.status !== ServiceStatus.ACTIVE) throw refusal("serviceClosed");
    const { denom, amount } = deposit!;
    if (denom !== service.denom || BigInt(amount) < MIN_DEPOSIT) throw refusal("amount");
    const channel = channelId(CHAIN, addressBytes(payer), n);
    this.#n++;
    this.channels.set(
      toHex(channel),
      Channel.fromPartial({
        id: channel,
        payer,
        funder: payer,
        service: id,
        n,
        voucherKey,
        denom,
        graceBlocks: GRACE,
        deposited: amount,
        avail: amount,
        released: "0",
        returned: "0",
        status: ChannelStatus.OPEN,
        lanes: Array.from({ length: lanes }, () => 0n),
      }),
    );
    return new Uint8Array();
  }

  #finalise(channel: Channel): Uint8Array {
    channel.status = ChannelStatus.CLOSED;
    channel.returned = channel.avail;
    channel.avail = "0";
    const credits = this.credits.get(channel.funder) ?? new Map<string, bigint>();
    credits.set(channel.denom, (credits.get(channel.denom) ?? 0n) + BigInt(channel.returned));
    this.credits.set(channel.funder, credits);
    return MsgCloseChannelResponse.encode({ closeHeight: 0n, results: [] }).finish();
  }
}

function refusal(name: MarketplaceErrorName): TxFailedError {
  const { code, text } = MARKETPLACE_ERRORS[name];
  return new TxFailedError({ stage: "simulate", code, codespace: "marketplace", log: text });
}
