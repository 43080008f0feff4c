import { z } from "zod";
import { getEmission } from "@assay/client/actions/getEmission";
import { getParams } from "@assay/client/actions/getParams";
import { BASE_DENOM } from "@assay/client/messages";
import type { AssayClient } from "@assay/client/client";
import { getSupply, listSupplyEpochs, type supply } from "../../wire/staking.ts";
import { decodeCursor, pageOf } from "../http/page.ts";
import { serve, type ApiContext, type Route } from "../http/route.ts";
import { moduleAddress, queriesOf, wholeCoins } from "./queries.ts";

export const supplyRoutes: readonly Route[] = [
  serve(getSupply, async ({ node, db }) => {
    const stated = await node.ask("staking/supply", readSupply);
    const start = await db.selectFrom("supply_start").select("height").executeTakeFirst();
    return { ...stated, burned: await readBurns(db), since: start?.height ?? 0 };
  }),

  serve(listSupplyEpochs, async ({ db }, { query: { limit, cursor } }) => {
    const [before] = decodeCursor(cursor, z.tuple([z.int()])) ?? [Number.MAX_SAFE_INTEGER];
    const rows = await db
      .selectFrom("supply_epoch")
      .selectAll()
      .where("epoch", "<", before)
      .orderBy("epoch", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(
      rows,
      limit,
      ({ epoch }) => [epoch],
      (row) => row,
    );
  }),
];

async function readSupply(client: AssayClient): Promise<z.output<typeof supply>> {
  const { distribution } = queriesOf(client);
  const balanceOf = async (module: string): Promise<string> => {
    const { balance } = await client.bank.Balance({ address: moduleAddress(module), denom: BASE_DENOM });
    return balance?.amount ?? "0";
  };
  const [{ amount }, { pool }, community, emission, params, poi, market, distributed, status] =
    await Promise.all([
      client.bank.SupplyOf({ denom: BASE_DENOM }),
      client.staking.Pool({}),
      distribution.CommunityPool({}),
      getEmission(client),
      getParams(client),
      balanceOf("poi"),
      balanceOf("marketplace"),
      balanceOf("distribution"),
      client.comet.status(),
    ]);
  const communityPool = wholeCoins(community.pool).find(({ denom }) => denom === BASE_DENOM)?.amount ?? "0";
  return {
    total: amount?.amount ?? "0",
    bonded: pool.bondedTokens,
    unbonding: pool.notBondedTokens,
    communityPool,
    poi,
    market,
    stakingRewards: (BigInt(distributed) - BigInt(communityPool)).toString(),
    minted: emission.state.minted,
    cap: params.emissionCap,
    perBlock: emission.perBlock.toString(),
    nextHalving: nextHalving(BigInt(status.syncInfo.latestBlockHeight), params.blocksPerHalving),
  };
}

/** First block of the next era: era k has the blocks k × length + 1 to (k + 1) × length. */
function nextHalving(height: bigint, length: bigint): number | null {
  return length === 0n ? null : Number((height / length + 1n) * length + 1n);
}

/** Modules that can burn, by their account. */
const BURNERS: ReadonlyMap<string, string> = new Map(
  ["poi", "marketplace", "bonded_tokens_pool", "not_bonded_tokens_pool", "gov"].map((module) => [
    moduleAddress(module),
    module,
  ]),
);

/** Up to the last epoch's end, and since. */
async function readBurns(db: ApiContext["db"]): Promise<z.output<typeof getSupply.answer>["burned"]> {
  const totals = await db.selectFrom("burn_total").selectAll().execute();
  const last = await db
    .selectFrom("supply_epoch")
    .select(({ fn }) => fn.max("height").as("height"))
    .executeTakeFirst();
  const since = await db
    .selectFrom("coin_flow")
    .select(["account", "burned"])
    .where("height", ">", last?.height ?? 0)
    .where("burned", "!=", "0")
    .execute();
  const burns = new Map(totals.map(({ account, amount }) => [account, BigInt(amount)]));
  for (const { account, burned } of since) {
    burns.set(account, (burns.get(account) ?? 0n) + BigInt(burned));
  }
  return [...burns]
    .sort(([, a], [, b]) => (a < b ? 1 : -1))
    .map(([account, amount]) => ({
      account,
      module: BURNERS.get(account) ?? null,
      amount: amount.toString(),
    }));
}
