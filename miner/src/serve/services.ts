import { getChannels } from "@assay/client/actions/getChannels";
import { getCredits } from "@assay/client/actions/getCredits";
import type { AssayClient } from "@assay/client/client";
import { findEvent } from "@assay/client/events";
import { ChannelStatus } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus, type Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { closeService, releaseBond, withdraw } from "@assay/client/messages";
import { createSender } from "@assay/client/sender";
import { SetupError } from "@assay/service-kit/errors";
import { loadKey, type Key } from "@assay/service-kit/keys";
import { createLogger } from "@assay/service-kit/log";
import { Registry } from "@assay/service-kit/metrics";
import { openStore, StoreLockedError } from "@assay/service-kit/store";
import type { ServeSettings } from "../config.ts";
import { MIGRATIONS } from "../records.ts";
import { connect } from "../setup.ts";
import { serveChainOf } from "./chain/chain.ts";
import { ChainView } from "./chain/view.ts";
import { Claimer } from "./claims/claimer.ts";
import { statusName } from "./doctor.ts";
import { marketOf, type SendAndSee } from "./listing.ts";
import { Lanes } from "./payments/lanes.ts";
import { VoucherLog } from "./payments/log.ts";
import { createPaymentMetrics } from "./payments/metrics.ts";

/** Where a service stands. Amounts in base units. */
export interface ServiceReport {
  readonly service: string;
  readonly name: string;
  readonly status: string;
  /** Hex; empty for a service without an exact model. */
  readonly model: string;
  readonly price: string;
  readonly denom: string;
  /** In uassay. */
  readonly bond: string;
  /** Height after which the bond of a closed service can be released. */
  readonly unlockHeight: string | undefined;
  /** Not closed. */
  readonly channels: number;
  /** What those can still pay. */
  readonly available: string;
  /** Paid out of all its channels so far, before fees and royalties. */
  readonly released: string;
}

interface Account {
  readonly client: AssayClient;
  readonly key: Key;
  /** Independent of a server's transactions under the same account. */
  readonly send: SendAndSee;
}

async function accountOf(settings: ServeSettings, signal: AbortSignal): Promise<Account> {
  const key = await loadKey(settings.key);
  const client = await connect(settings, signal);
  const { address, signer } = key;
  const sender = createSender({ client, signer, address, gasPrice: settings.gasPrice, signal });
  return { client, key, send: (messages, options) => sender.send(messages, { ...options, unordered: true }) };
}

/** The `service list` command: all services of the account, with what they sold. Reads the chain only. */
export async function listedServices(settings: ServeSettings, signal: AbortSignal): Promise<ServiceReport[]> {
  const { client, key } = await accountOf(settings, signal);
  const services = await marketOf(client).services(key.address);
  return Promise.all(
    services.map(async (service) => {
      const channels = await getChannels(client, { service: service.id });
      const open = channels.filter(({ status }) => status !== ChannelStatus.CLOSED);
      return {
        service: service.id.toString(),
        name: service.name,
        status: statusName(service.status),
        model: Buffer.from(service.model).toString("hex"),
        price: service.price.toString(),
        denom: service.denom,
        bond: service.bond,
        unlockHeight: service.unlockHeight > 0n ? service.unlockHeight.toString() : undefined,
        channels: open.length,
        available: sum(open.map(({ avail }) => avail)),
        released: sum(channels.map(({ released }) => released)),
      };
    }),
  );
}

export interface CloseReport {
  readonly service: string;
  /** Height after which the bond can be released. */
  readonly unlockHeight: string;
  /** Who settles what its channels still owe. */
  readonly channels: string;
}

/**
 * The `service close` command: takes a service off the market. Its channels are claimed and closed by the running
 * server, or here when none runs.
 *
 * @param name number or name.
 */
export async function close(
  settings: ServeSettings,
  name: string,
  signal: AbortSignal,
): Promise<CloseReport> {
  const account = await accountOf(settings, signal);
  const service = await serviceNamed(account, name);
  if (service.status === ServiceStatus.CONVICTED)
    throw new SetupError(`service ${service.id} was convicted; there is nothing to close`);
  let { unlockHeight } = service;
  if (service.status === ServiceStatus.ACTIVE) {
    const { events } = await account.send(
      [closeService({ provider: account.key.address, service: service.id })],
      { signal },
    );
    unlockHeight = findEvent(events, "EventServiceClosed")?.unlockHeight ?? 0n;
  }
  const channels = await closeChannels(settings, account, service.id, signal);
  return { service: service.id.toString(), unlockHeight: unlockHeight.toString(), channels };
}

async function closeChannels(
  settings: ServeSettings,
  { client, key, send }: Account,
  service: bigint,
  signal: AbortSignal,
): Promise<string> {
  try {
    const store = openStore(settings.data, { migrations: MIGRATIONS });
    try {
      const logger = createLogger({ name: "assay-miner", level: "warn" });
      const log = new VoucherLog(store);
      const view = new ChainView({ chain: serveChainOf(client), services: [service], log: logger });
      await view.advance();
      const lanes = new Lanes(log);
      const { chainId } = client;
      const claimer = new Claimer({
        chainId,
        provider: key.address,
        view,
        lanes,
        log,
        send,
        logger,
        credits: () => getCredits(client, { owner: key.address }),
        metrics: createPaymentMetrics(new Registry()),
        rule: {
          above: settings.claim.above,
          afterMs: settings.claim.minutes * 60_000,
          withdrawAbove: settings.claim.withdrawAbove,
        },
      });
      await claimer.closeChannels(signal);
      return "claimed and closed";
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof StoreLockedError) return "claimed and closed by the running server";
    throw error;
  }
}

export interface ReleaseReport {
  readonly service: string;
  readonly bond: string;
}

/** The `service release` command: gets the bond of a closed service back once its time is over. */
export async function release(
  settings: ServeSettings,
  name: string,
  signal: AbortSignal,
): Promise<ReleaseReport> {
  const account = await accountOf(settings, signal);
  const service = await serviceNamed(account, name);
  if (service.status !== ServiceStatus.CLOSED || service.bond === "0")
    throw new SetupError(
      `service ${service.id} is ${statusName(service.status)} and has a bond of ${service.bond}uassay: ` +
        "only the bond of a closed service comes back, once",
    );
  const provider = account.key.address;
  await account.send([releaseBond({ provider, service: service.id }), withdraw({ owner: provider })], {
    signal,
  });
  return { service: service.id.toString(), bond: service.bond };
}

/** By number, or by a name that only one service of the account has. */
async function serviceNamed({ client, key }: Account, name: string): Promise<Service> {
  const all = await marketOf(client).services(key.address);
  const found = all.filter((service) => service.id.toString() === name || service.name === name);
  const [service] = found;
  if (!service) throw new SetupError(`${key.address} has no service ${name}; see "service list"`);
  if (found.length > 1)
    throw new SetupError(
      `${found.length} services are called ${name} (${found.map(({ id }) => id).join(", ")}): give the number`,
    );
  return service;
}

function sum(amounts: readonly string[]): string {
  return amounts.reduce((total, amount) => total + BigInt(amount), 0n).toString();
}
