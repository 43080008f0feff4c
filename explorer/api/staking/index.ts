import type { Transaction } from "kysely";
import { BASE_DENOM } from "@assay/client/messages";
import { QuerySupplyOfRequest, QuerySupplyOfResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { insertMany } from "../db/insert.ts";
import { readRows } from "../db/written.ts";
import type { Database } from "../db/schema.ts";
import type { Question } from "../area.ts";
import type { ChainEvent, DecodedBlock } from "../index/block.ts";
import { votesOf } from "./votes.ts";

const SUPPLY_PATH = "/cosmos.bank.v1beta1.Query/SupplyOf";
const SUPPLY_REQUEST = QuerySupplyOfRequest.encode({ denom: BASE_DENOM }).finish();

/** The supply, where an index begins and when an epoch ends. */
export function stakingQuestions({ first, typed }: DecodedBlock): Question[] {
  return first || typed.some(({ event }) => event.name === "EventEpochEnded")
    ? [{ path: SUPPLY_PATH, request: SUPPLY_REQUEST, pinned: true }]
    : [];
}

/** The supply after a block, null when the node had forgotten it. */
function supplyAfter(block: DecodedBlock): string | null {
  const answer = block.answer(SUPPLY_PATH, SUPPLY_REQUEST);
  return answer ? (QuerySupplyOfResponse.decode(answer).amount?.amount ?? null) : null;
}

/** Writes what a block says of signatures, coins made and destroyed, votes and deposits. */
export async function indexStaking(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  await indexSignatures(block, db);
  if (block.first) {
    await db
      .insertInto("supply_start")
      .values({ height: block.height, supply: supplyAfter(block) })
      .execute();
  } else {
    await insertMany(db, "coin_flow", flowsOf(block));
  }
  await indexEpochEnd(block, db);
  await indexGovernance(block, db);
}

/** A block carries the signatures of the one before it. */
async function indexSignatures(
  { height: next, signatures }: DecodedBlock,
  db: Transaction<Database>,
): Promise<void> {
  if (signatures.length === 0) return;
  const height = next - 1;
  const validators = signatures
    .map(({ address }) => address)
    .sort()
    .join();
  const [last] = await readRows<{ validators: string }>(
    db,
    "select validators from signer_set order by height desc limit 1",
  );
  if (last?.validators !== validators) {
    await db.insertInto("signer_set").values({ height, validators }).execute();
  }
  const missed = signatures.filter(({ signed }) => !signed);
  await insertMany(
    db,
    "missed_block",
    missed.map(({ address }) => ({ height, validator: address })),
  );
}

/** What x/bank says each account minted and burned. A transaction that failed did neither. */
function flowsOf({ height, txs, events }: DecodedBlock): Database["coin_flow"][] {
  const flows = new Map<string, { minted: bigint; burned: bigint }>();
  const add = ({ type, attributes }: ChainEvent): void => {
    if (type !== "coinbase" && type !== "burn") return;
    const account = valueOf(attributes, type === "burn" ? "burner" : "minter");
    const amount = amountIn(valueOf(attributes, "amount"));
    if (amount === 0n) return;
    const flow = flows.get(account) ?? { minted: 0n, burned: 0n };
    flow[type === "burn" ? "burned" : "minted"] += amount;
    flows.set(account, flow);
  };
  for (const tx of txs) if (tx.code === 0) tx.events.forEach(add);
  events.forEach(add);
  return [...flows].map(([account, { minted, burned }]) => ({
    height,
    account,
    minted: minted.toString(),
    burned: burned.toString(),
  }));
}

function valueOf(attributes: ChainEvent["attributes"], name: string): string {
  return attributes.find(({ key }) => key === name)?.value ?? "";
}

/** The chain's own coin in a text such as "12uassay,3uother". */
function amountIn(coins: string): bigint {
  for (const coin of coins.split(",")) {
    const [, amount, denom] = /^(\d+)(.+)$/.exec(coin) ?? [];
    if (amount !== undefined && denom === BASE_DENOM) return BigInt(amount);
  }
  return 0n;
}

async function indexEpochEnd(block: DecodedBlock, db: Transaction<Database>): Promise<void> {
  for (const { event } of block.typed) {
    if (event.name !== "EventEpochEnded" || event.value.record === undefined) continue;
    const { epoch, emission } = event.value.record;
    const { minted, burned, supply: summed } = await sinceLastEpoch(block.height, db);
    const supply = supplyAfter(block) ?? summed;
    if (summed === null && supply !== null) await fillBackwards(BigInt(supply) - minted + burned, db);
    await db
      .insertInto("supply_epoch")
      .values({
        epoch: Number(epoch),
        height: block.height,
        time: block.time,
        budget: emission?.budget || "0",
        authors: emission?.authors || "0",
        scorers: emission?.scorers || "0",
        sponsors: emission?.sponsors || "0",
        validators: emission?.validators || "0",
        pool: emission?.pool || "0",
        minted: minted.toString(),
        burned: burned.toString(),
        supply,
      })
      .execute();
  }
}

/** Sums what was minted and burned since the last epoch's end, and adds to the totals of those who burned. */
async function sinceLastEpoch(
  height: number,
  db: Transaction<Database>,
): Promise<{ minted: bigint; burned: bigint; supply: string | null }> {
  const before =
    (await db
      .selectFrom("supply_epoch")
      .select(["height", "supply"])
      .orderBy("height", "desc")
      .limit(1)
      .executeTakeFirst()) ??
    (await db.selectFrom("supply_start").select(["height", "supply"]).executeTakeFirst());
  const flows = await db
    .selectFrom("coin_flow")
    .select(["account", "minted", "burned"])
    .where("height", ">", before?.height ?? 0)
    .where("height", "<=", height)
    .execute();
  let minted = 0n;
  const burns = new Map<string, bigint>();
  for (const flow of flows) {
    minted += BigInt(flow.minted);
    if (flow.burned !== "0") burns.set(flow.account, (burns.get(flow.account) ?? 0n) + BigInt(flow.burned));
  }
  const burned = [...burns.values()].reduce((sum, amount) => sum + amount, 0n);
  await addBurns(burns, db);
  const supply =
    typeof before?.supply !== "string" ? null : (BigInt(before.supply) + minted - burned).toString();
  return { minted, burned, supply };
}

/** The supply was not known so far: it follows for the epochs before, from what the last of them ended with. */
async function fillBackwards(last: bigint, db: Transaction<Database>): Promise<void> {
  const before = await db
    .selectFrom("supply_epoch")
    .select(["epoch", "minted", "burned"])
    .orderBy("epoch", "desc")
    .execute();
  let supply = last;
  for (const { epoch, minted, burned } of before) {
    await db
      .updateTable("supply_epoch")
      .set({ supply: supply.toString() })
      .where("epoch", "=", epoch)
      .execute();
    supply += BigInt(burned) - BigInt(minted);
  }
}

async function addBurns(burns: ReadonlyMap<string, bigint>, db: Transaction<Database>): Promise<void> {
  if (burns.size === 0) return;
  const known = await db
    .selectFrom("burn_total")
    .selectAll()
    .where("account", "in", [...burns.keys()])
    .execute();
  const totals = new Map(known.map(({ account, amount }) => [account, BigInt(amount)]));
  const rows = [...burns].map(([account, amount]) => ({
    account,
    amount: ((totals.get(account) ?? 0n) + amount).toString(),
  }));
  await insertMany(db, "burn_total", rows, { replace: ["account"] });
}

async function indexGovernance(
  { height, txs, events }: DecodedBlock,
  db: Transaction<Database>,
): Promise<void> {
  const deposits: Database["gov_deposit"][] = [];
  const collect = ({ type, attributes }: ChainEvent, tx_hash: string): void => {
    const proposal = valueOf(attributes, "proposal_id");
    // Another event of the same name tells that voting begins.
    if (type !== "proposal_deposit" || proposal === "") return;
    deposits.push({
      proposal: Number(proposal),
      height,
      place: deposits.length,
      depositor: valueOf(attributes, "depositor"),
      coins: valueOf(attributes, "amount"),
      tx_hash,
    });
  };
  // One voter may vote twice in a block: the later vote counts.
  const votes = new Map<string, Database["gov_vote"]>();
  for (const tx of txs) {
    if (tx.code !== 0) continue;
    for (const event of tx.events) collect(event, tx.hash);
    for (const { proposal, voter, options } of votesOf(tx.messages)) {
      votes.set(`${proposal}/${voter}`, {
        proposal,
        voter,
        height,
        tx: tx.index,
        tx_hash: tx.hash,
        options: JSON.stringify(options),
      });
    }
  }
  for (const event of events) collect(event, "");
  await insertMany(db, "gov_deposit", deposits);
  await insertMany(db, "gov_vote", [...votes.values()], { replace: ["proposal", "voter"] });
}
