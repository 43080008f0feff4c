/** A market in events: what a chain says when a service is listed, paid, claimed and convicted. */
import type { AssayClient } from "@assay/client/client";
import type { AssayEvent } from "@assay/client/events";
import {
  Channel,
  ChannelStatus,
  ClaimStatus,
  Split,
} from "@assay/client/generated/assay/marketplace/v1/channel";
import { Params } from "@assay/client/generated/assay/marketplace/v1/params";
import { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { Service, ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { AnswerKind, Arena, TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import type { NodeState } from "../../../api/node/state.ts";

export const PROVIDER = "assay1mqql2mdkzwgeza0zajjf897jsrc58e6vxwfzg3";
export const PAYER = "assay14mrdc3wamtsruxfuymwjj7ftvwpdwcpeplug25";
export const AUTHOR = "assay1604c62fdstxmvx5a92ze57ytt57urzflyg7r25";
export const SCORER = "assay1gpdj8e5cjh7j4vdjn4n4qnpqeyp4fgtypl3jmx";
export const MODEL = new Uint8Array(32).fill(7);

export function idOf(n: number): Uint8Array {
  return new Uint8Array(32).fill(n);
}

export function hexOf(n: number): string {
  return Buffer.from(idOf(n)).toString("hex");
}

export function serviceOf(id: bigint, more: Partial<Service> = {}): Service {
  return Service.fromPartial({
    id,
    provider: PROVIDER,
    name: `service ${id}`,
    description: "reads \u202edigits",
    endpoint: "http://127.0.0.1:9000",
    interface: "oip.v2",
    model: MODEL,
    price: 200n,
    denom: "uassay",
    promise: 900_000,
    servingKey: new Uint8Array(32).fill(1),
    status: ServiceStatus.ACTIVE,
    createdHeight: 2n,
    bond: "10000000",
    ...more,
  });
}

export function listed(service: Service): AssayEvent {
  return { name: "EventServiceListed", value: { service } };
}

export function opened(
  n: number,
  service: bigint,
  deposited: string,
  more: Partial<Channel> = {},
): AssayEvent {
  return { name: "EventChannelOpened", value: { channel: channelOf(n, service, deposited, more) } };
}

export function channelOf(
  n: number,
  service: bigint,
  deposited: string,
  more: Partial<Channel> = {},
): Channel {
  return Channel.fromPartial({
    id: idOf(n),
    payer: PAYER,
    funder: PAYER,
    service,
    voucherKey: new Uint8Array(32).fill(2),
    status: ChannelStatus.OPEN,
    openedHeight: 3n,
    graceBlocks: 20,
    denom: "uassay",
    deposited,
    avail: deposited,
    released: "0",
    returned: "0",
    lanes: [0n, 0n],
    split: SPLIT,
    ...more,
  });
}

export function claimed(
  n: number,
  service: bigint,
  lane: number,
  moved: bigint,
  released: bigint,
): AssayEvent {
  return {
    name: "EventVoucherClaimed",
    value: {
      channel: idOf(n),
      service,
      lane,
      status: ClaimStatus.OK,
      settled: moved,
      moved,
      released: { denom: "uassay", amount: String(released) },
    },
  };
}

export function fee(burned: string, pooled: string): AssayEvent {
  const coin = (amount: string) => ({ denom: "uassay", amount });
  return { name: "EventProtocolFeePaid", value: { burned: coin(burned), pooled: coin(pooled) } };
}

export function probed(epoch: bigint, service: bigint, answered: number, p50Ms = 4): AssayEvent {
  return {
    name: "EventProbesReported",
    value: { epoch, operator: SCORER, probes: [{ service, calls: 10, answered, p50Ms, p95Ms: 9 }] },
  };
}

const SPLIT = Split.fromPartial({
  provider: PROVIDER,
  protocolFeeBps: 200,
  royalties: [{ recipient: AUTHOR, bps: 500 }],
});

/** A node with these services and channels, and one arena. */
export function nodeOf(services: readonly Service[], channels: readonly Channel[] = []): NodeState {
  const market = {
    Services: () =>
      Promise.resolve({
        services: services.map((service) =>
          ServiceEntry.fromPartial({
            service,
            arena: service.model.length > 0 ? 1n : 0n,
            modelName: "digits-conv-32",
            accuracy: 955_000,
            smoothed: 950_000,
            scoredItems: service.model.length > 0 ? 600n : 0n,
          }),
        ),
      }),
    Split: () => Promise.resolve({ split: SPLIT }),
    Probes: () => Promise.resolve({ reports: [] }),
    Params: () =>
      Promise.resolve({
        params: Params.fromPartial({ denoms: [{ denom: "uassay", minDeposit: "1000" }], graceBlocks: 20 }),
      }),
    Channel: ({ idHex }: { idHex: string }) =>
      Promise.resolve({ channel: channels.find(({ id }) => Buffer.from(id).toString("hex") === idHex) }),
  };
  const poi = {
    Arenas: () =>
      Promise.resolve({
        arenas: [
          Arena.fromPartial({
            id: 1n,
            spec: {
              name: "digits",
              inputType: TensorType.UINT8,
              inputShape: [1, 28, 28],
              preprocessing: "gray-28x28",
              answer: AnswerKind.CLASS,
              labels: ["0", "1"],
            },
          }),
        ],
      }),
  };
  const client = { marketplace: market, poi } as unknown as AssayClient;
  return { ask: async (_key, read) => ({ value: await read(client), height: 9, stale: false }) };
}
