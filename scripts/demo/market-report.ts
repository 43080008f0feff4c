import { getChannels } from "@assay/client/actions/getChannels";
import { getCredits } from "@assay/client/actions/getCredits";
import { getMarketLedger } from "@assay/client/actions/getMarketLedger";
import { getServices } from "@assay/client/actions/getServices";
import type { AssayClient } from "@assay/client/client";
import type { Channel } from "@assay/client/generated/assay/marketplace/v1/channel";
import { divide } from "@assay/client/market/split";
import { BASE_DENOM } from "@assay/client/messages";

/** What was bought and sold so far; amounts in uassay, as strings. */
export interface MarketReport {
  services: ServiceReport[];
  /** Deposits of all channels, and what became of them: the three others add up to it. */
  deposited: string;
  avail: string;
  released: string;
  returned: string;
  /** Bonds of services. */
  bonds: string;
  /** Everything that is wrong with the sums; empty when all is well. */
  errors: string[];
}

export interface ServiceReport {
  service: string;
  name: string;
  price: string;
  /** Items that were answered, paid for and claimed. */
  items: string;
  /** Released by claims; the four others add up to it. */
  released: string;
  provider: string;
  royalties: string;
  burned: string;
  pooled: string;
}

/**
 * Adds up the market from its channels and compares with what the chain's ledger says. Everything is in uassay, and
 * nobody may have withdrawn yet: credits are compared with what every channel entitles to.
 */
export async function makeMarketReport(client: AssayClient): Promise<MarketReport> {
  const [services, ledger] = await Promise.all([getServices(client, { all: true }), getMarketLedger(client)]);
  const errors: string[] = [];
  const expect = (what: string, found: bigint, expected: bigint): void => {
    if (found !== expected) errors.push(`${what} is ${found}, expected ${expected}`);
  };
  const entitled = new Map<string, bigint>();
  const total = { deposited: 0n, avail: 0n, released: 0n, returned: 0n };
  const reports: ServiceReport[] = [];
  for (const { service } of services) {
    if (service === undefined) continue;
    const sum = { settled: 0n, released: 0n, provider: 0n, royalties: 0n, burned: 0n, pooled: 0n };
    for (const channel of await getChannels(client, { service: service.id })) {
      const { deposited, avail, released, returned } = amountsOf(channel);
      expect(`a channel of service ${service.id}`, avail + released + returned, deposited);
      total.deposited += deposited;
      total.avail += avail;
      total.released += released;
      total.returned += returned;
      sum.settled += channel.lanes.reduce((all, lane) => all + lane, 0n);
      sum.released += released;
      const shares = channel.split?.royalties ?? [];
      const parts = divide(
        0n,
        released,
        channel.split?.protocolFeeBps ?? 0,
        channel.denom === BASE_DENOM,
        shares,
      );
      sum.provider += parts.provider;
      sum.burned += parts.burned;
      sum.pooled += parts.pooled;
      entitle(service.provider, parts.provider);
      parts.royalties.forEach((part, i) => {
        sum.royalties += part;
        entitle(shares[i]?.recipient ?? "", part);
      });
    }
    expect(
      `what service ${service.id} released`,
      sum.provider + sum.royalties + sum.burned + sum.pooled,
      sum.released,
    );
    reports.push({
      service: service.id.toString(),
      name: service.name,
      price: service.price.toString(),
      items: (service.price === 0n ? 0n : sum.settled / service.price).toString(),
      released: sum.released.toString(),
      provider: sum.provider.toString(),
      royalties: sum.royalties.toString(),
      burned: sum.burned.toString(),
      pooled: sum.pooled.toString(),
    });
  }
  for (const [owner, amount] of entitled) {
    const credits = await getCredits(client, { owner });
    expect(`the credit of ${owner}`, inBaseDenom(credits), amount);
  }
  const [avail, credits, bonds, balance] = [ledger.avail, ledger.credits, ledger.bonds, ledger.balance].map(
    inBaseDenom,
  ) as [bigint, bigint, bigint, bigint];
  expect("avail of the ledger", avail, total.avail);
  expect("the module's balance", balance, avail + credits + bonds);
  expect("all deposits", total.avail + total.released + total.returned, total.deposited);
  return {
    services: reports,
    deposited: total.deposited.toString(),
    avail: total.avail.toString(),
    released: total.released.toString(),
    returned: total.returned.toString(),
    bonds: bonds.toString(),
    errors,
  };

  function entitle(owner: string, amount: bigint): void {
    entitled.set(owner, (entitled.get(owner) ?? 0n) + amount);
  }
}

function amountsOf(channel: Channel): Record<"deposited" | "avail" | "released" | "returned", bigint> {
  return {
    deposited: BigInt(channel.deposited),
    avail: BigInt(channel.avail),
    released: BigInt(channel.released),
    returned: BigInt(channel.returned),
  };
}

function inBaseDenom(amounts: readonly { denom: string; amount: bigint }[]): bigint {
  return amounts.find(({ denom }) => denom === BASE_DENOM)?.amount ?? 0n;
}
