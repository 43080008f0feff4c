/** What the node says of the market now, as JSON; every text is cleaned here. */
import { getChannel } from "@assay/client/actions/getChannel";
import { getMarketParams } from "@assay/client/actions/getMarketParams";
import { getProbes } from "@assay/client/actions/getProbes";
import { getServices } from "@assay/client/actions/getServices";
import { getSplit } from "@assay/client/actions/getSplit";
import { ChannelStatus, type Split } from "@assay/client/generated/assay/marketplace/v1/channel";
import type { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { divide } from "@assay/client/market/split";
import { BASE_DENOM } from "@assay/client/messages";
import { required } from "@assay/client/rpc";
import type { ChannelState, Service, ServiceState, Share } from "../../wire/market.ts";
import { hex } from "../hex.ts";
import type { NodeState, Stated } from "../node/state.ts";
import { count } from "../poi/values.ts";
import { cleanText } from "../text.ts";
import { MAX_DESCRIPTION, MAX_NAME, MAX_URL } from "./texts.ts";

/** A service, with its arena by number: what it takes is the arena's matter. */
export type ServiceFact = Omit<Service, "arena" | "task"> & { arena: number | null };

/** All services, closed and convicted ones too, oldest first. */
export function askServices(node: NodeState): Promise<Stated<ServiceFact[]>> {
  return node.ask("market/services", async (client) =>
    (await getServices(client, { all: true })).map(factOf).toSorted((a, b) => a.id - b.id),
  );
}

const SERVICE_STATUS: Readonly<Record<ServiceStatus, Service["status"]>> = {
  [ServiceStatus.ACTIVE]: "active",
  [ServiceStatus.CLOSED]: "closed",
  [ServiceStatus.CONVICTED]: "convicted",
  [ServiceStatus.UNSPECIFIED]: "closed",
  [ServiceStatus.UNRECOGNIZED]: "closed",
};

function factOf(entry: ServiceEntry): ServiceFact {
  const service = required(entry.service, "ServiceEntry.service");
  const { probes } = service;
  const exact = service.model.length > 0;
  const scored = entry.scoredItems > 0n;
  return {
    id: count(service.id),
    provider: service.provider,
    name: cleanText(service.name, MAX_NAME) || `service ${service.id}`,
    description: cleanText(service.description, MAX_DESCRIPTION),
    endpoint: cleanText(service.endpoint, MAX_URL),
    interface: cleanText(service.interface, MAX_NAME),
    model: exact ? { id: hex(service.model), name: cleanText(entry.modelName, MAX_NAME) } : null,
    arena: exact ? count(entry.arena) : null,
    price: String(service.price),
    denom: service.denom,
    promise: service.promise === 0 ? null : service.promise,
    servingKey: hex(service.servingKey),
    status: SERVICE_STATUS[service.status],
    createdHeight: count(service.createdHeight),
    unlockHeight: service.unlockHeight === 0n ? null : count(service.unlockHeight),
    bond: service.bond === "" ? "0" : service.bond,
    accuracy: scored ? entry.accuracy : null,
    smoothed: scored ? entry.smoothed : null,
    scoredItems: count(entry.scoredItems),
    probes: probes
      ? {
          epoch: count(probes.epoch),
          reporters: probes.reporters,
          calls: count(probes.calls),
          answered: probes.answeredBps,
          p50: probes.p50Ms,
          p95: probes.p95Ms,
        }
      : null,
  };
}

/** What a page shows of a service beside its listing. */
export type ServiceMore = Pick<ServiceState, "split" | "reports" | "minDeposit" | "graceBlocks">;

/** One unit of a coin with six decimals. */
const EXAMPLE = 1_000_000n;

/** Throws NotFoundError. */
export function askService(node: NodeState, id: number, denom: string): Promise<Stated<ServiceMore>> {
  const service = BigInt(id);
  return node.ask(`market/service/${id}`, async (client) => {
    const [split, reports, { denoms, graceBlocks }] = await Promise.all([
      getSplit(client, { service }),
      getProbes(client, { service }),
      getMarketParams(client),
    ]);
    return {
      split: { example: String(EXAMPLE), shares: sharesOf(split, denom) },
      reports: reports.flatMap(({ epoch, operator, probe }) =>
        probe
          ? [
              {
                epoch: count(epoch),
                operator,
                calls: probe.calls,
                answered: probe.answered,
                p50: probe.p50Ms,
                p95: probe.p95Ms,
              },
            ]
          : [],
      ),
      minDeposit: denoms.find((allowed) => allowed.denom === denom)?.minDeposit ?? "1",
      graceBlocks,
    };
  });
}

/** Who gets what of {@link EXAMPLE}, as the chain would divide it. */
function sharesOf({ provider, protocolFeeBps, royalties }: Split, denom: string): Share[] {
  const burns = denom === BASE_DENOM;
  const parts = divide(0n, EXAMPLE, protocolFeeBps, burns, royalties);
  const royaltyBps = royalties.reduce((all, { bps }) => all + bps, 0);
  const shares: Share[] = [
    {
      role: "provider",
      recipient: provider,
      bps: 10_000 - protocolFeeBps - royaltyBps,
      amount: String(parts.provider),
    },
    ...royalties.map(({ recipient, bps }, i) => ({
      role: "author" as const,
      recipient,
      bps,
      amount: String(parts.royalties[i] ?? 0n),
    })),
  ];
  const fee = { recipient: null, bps: burns ? protocolFeeBps / 2 : protocolFeeBps };
  if (burns) shares.push({ ...fee, role: "burned", amount: String(parts.burned) });
  shares.push({ ...fee, role: "pool", amount: String(parts.pooled) });
  return shares;
}

const CHANNEL_STATUS: Readonly<Record<ChannelStatus, ChannelState["status"]>> = {
  [ChannelStatus.OPEN]: "open",
  [ChannelStatus.CLOSING]: "closing",
  [ChannelStatus.CLOSED]: "closed",
  [ChannelStatus.UNSPECIFIED]: "closed",
  [ChannelStatus.UNRECOGNIZED]: "closed",
};

/** A channel, with its service by number. */
export type ChannelFact = Omit<ChannelState, "service"> & { service: number };

/** Throws NotFoundError. */
export function askChannel(node: NodeState, idHex: string): Promise<Stated<ChannelFact>> {
  return node.ask(`market/channel/${idHex}`, async (client) => {
    const channel = await getChannel(client, { idHex });
    return {
      id: idHex,
      service: count(channel.service),
      payer: channel.payer,
      funder: channel.funder,
      voucherKey: hex(channel.voucherKey),
      status: CHANNEL_STATUS[channel.status],
      openedHeight: count(channel.openedHeight),
      graceBlocks: channel.graceBlocks,
      closeHeight: channel.closeHeight === 0n ? null : count(channel.closeHeight),
      denom: channel.denom,
      deposited: channel.deposited,
      avail: channel.avail,
      released: channel.released,
      returned: channel.returned,
      lanes: channel.lanes.map(String),
      promise: channel.promise === 0 ? null : channel.promise,
      split: sharesOf(required(channel.split, "Channel.split"), channel.denom).map(
        ({ role, recipient, bps }) => ({ role, recipient, bps }),
      ),
    };
  });
}
