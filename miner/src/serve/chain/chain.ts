import { getChannel } from "@assay/client/actions/getChannel";
import { getChannels } from "@assay/client/actions/getChannels";
import { getMarketParams } from "@assay/client/actions/getMarketParams";
import { getService } from "@assay/client/actions/getService";
import type { AssayClient } from "@assay/client/client";
import { MalformedResponseError } from "@assay/client/errors";
import { decodeEvents, type AssayEvent } from "@assay/client/events";
import { type ChannelStatus, type Channel as ChannelRecord } from "@assay/client/generated/assay/marketplace/v1/channel";
import type { Params } from "@assay/client/generated/assay/marketplace/v1/params";
import type { Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { orUndefined } from "../../chain.ts";

const PACKAGE = "assay.marketplace.v1.";

/** A channel as far as payments need it. Amounts in base units of `denom`. */
export interface Channel {
  readonly id: Uint8Array;
  /** Lower-case hex. */
  readonly idHex: string;
  readonly service: bigint;
  /** `assay1…` */
  readonly payer: string;
  /** ed25519, 32 bytes. */
  readonly voucherKey: Uint8Array;
  readonly status: ChannelStatus;
  /** Height from which it can be finalised, while it is closing. */
  readonly closeHeight: bigint;
  readonly graceBlocks: number;
  readonly denom: string;
  /** What claims can still release. */
  readonly avail: bigint;
  /** Settled amount of every lane. */
  readonly lanes: readonly bigint[];
}

export interface Head {
  readonly height: number;
  /** Time in the block's header, Unix, in milliseconds. */
  readonly timeMs: number;
}

/** What is followed of the chain while serving. */
export interface ServeChain {
  /** The last block whose effect queries show. */
  head(): Promise<Head>;
  /** The header of a block the node still keeps. */
  header(height: number): Promise<Head>;
  /** The events of x/marketplace of a block, in their order. */
  events(height: number): Promise<AssayEvent[]>;
  params(): Promise<Params>;
  service(id: bigint): Promise<Service | undefined>;
  channel(idHex: string): Promise<Channel | undefined>;
  /** All channels of a service, closed ones too. */
  channels(service: bigint): Promise<Channel[]>;
}

export function serveChainOf(client: AssayClient): ServeChain {
  const header = async (height: number): Promise<Head> => {
    const [meta] = (await client.comet.blockchain(height, height)).blockMetas;
    if (!meta) throw new MalformedResponseError(`there is no block ${height}`);
    return { height, timeMs: meta.header.time.getTime() };
  };
  return {
    head: async () => {
      // The node's status runs ahead of its state by the block it works on.
      const [{ syncInfo }, { lastBlockHeight = 0 }] = await Promise.all([
        client.comet.status(),
        client.comet.abciInfo(),
      ]);
      if (syncInfo.latestBlockHeight > lastBlockHeight && lastBlockHeight > 0) return header(lastBlockHeight);
      return { height: syncInfo.latestBlockHeight, timeMs: syncInfo.latestBlockTime.getTime() };
    },
    header,
    events: async (height) => {
      const { results, finalizeBlockEvents } = await client.comet.blockResults(height);
      const all = [...results.flatMap(({ events }) => events), ...finalizeBlockEvents];
      return decodeEvents(all.filter(({ type }) => type.startsWith(PACKAGE)));
    },
    params: () => getMarketParams(client),
    service: async (id) => (await orUndefined(getService(client, { id })))?.service,
    channel: async (idHex) => {
      const found = await orUndefined(getChannel(client, { idHex }));
      return found && channelOf(found);
    },
    channels: async (service) => (await getChannels(client, { service })).map(channelOf),
  };
}

export function channelOf(record: ChannelRecord): Channel {
  const { id, service, payer, voucherKey, status, closeHeight, graceBlocks, denom, avail, lanes } = record;
  return {
    id, service, payer, voucherKey, status, closeHeight, graceBlocks, denom, lanes,
    idHex: Buffer.from(id).toString("hex"),
    avail: BigInt(avail),
  };
}
