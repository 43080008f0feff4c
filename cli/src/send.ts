import type { EncodeObject } from "@cosmjs/proto-signing";
import { calculateFee } from "@cosmjs/stargate";
import { getBalance } from "@assay/client/actions/getBalance";
import type { Amount } from "@assay/client/coins";
import { estimateGas } from "@assay/client/gas";
import { BASE_DENOM } from "@assay/client/messages";
import { createRegistry } from "@assay/client/registry";
import { createSender, type Sender, type TxResult } from "@assay/client/sender";
import { BalanceTooLowError, NotConfirmedError, UsageError } from "./errors.ts";
import { formatCoin } from "./format.ts";
import { facts } from "./output.ts";
import type { Session } from "./session.ts";

/** Money that leaves the account beside the network's fee. */
export interface Price {
  /** What it is for, and whether it comes back. */
  readonly what: string;
  readonly amount: bigint;
  /** Of which coin; uassay when left out. */
  readonly denom?: string;
}

/** What is about to be done. */
export interface Intent {
  /** Completes "to …": "withdraw model digits/mlp". */
  readonly what: string;
  readonly prices?: readonly Price[];
  /** Ask even if it costs nothing, because it cannot be taken back. */
  readonly final?: boolean;
}

/** What any command that sent one transaction tells of it. */
export interface Sent {
  readonly hash: string;
  readonly height: number;
  readonly gasUsed: bigint;
}

export function sentOf({ hash, height, gasUsed }: TxResult): Sent {
  return { hash, height, gasUsed };
}

/** The sender of the session's key. */
export async function senderOf(session: Session): Promise<Sender> {
  const [client, { signer, address }] = [await session.client(), await session.key()];
  return createSender({
    client,
    signer,
    address,
    gasPrice: session.settings.gasPrice,
    signal: session.signal,
  });
}

/** Gas of messages of the session's key, by simulation. Throws TxFailedError when they would fail. */
export async function gasOf(session: Session, messages: readonly EncodeObject[]): Promise<number> {
  const [client, { signer, address }] = [await session.client(), await session.key()];
  const registry = createRegistry();
  return estimateGas(
    client,
    signer,
    address,
    messages.map((message) => registry.encodeAsAny(message)),
  );
}

/** The network's fee for that much gas, in uassay. */
export function networkFee(gas: number, gasPrice: string): bigint {
  return calculateFee(gas, gasPrice).amount.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
}

/**
 * Sends messages of the session's key in one transaction, after showing what it costs and asking.
 *
 * @param gas when simulation cannot tell it.
 * Throws BalanceTooLowError, NotConfirmedError, UsageError when nobody can be asked, and what sending throws.
 */
export async function sendConfirmed(
  session: Session,
  intent: Intent,
  messages: readonly EncodeObject[],
  gas?: number,
): Promise<TxResult> {
  await checkBalances(session, totals(intent.prices ?? []));
  session.progress.step("asking the node whether it would take this");
  const known = gas ?? (await gasOf(session, messages));
  session.progress.clear();
  await confirm(session, intent, networkFee(known, session.settings.gasPrice));
  const sender = await senderOf(session);
  session.progress.step("sent, waiting for a block");
  const result = await sender.send(messages, { gas: known, signal: session.signal });
  session.progress.clear();
  return result;
}

/** What prices add up to, per coin; uassay always has an entry, which comes first. */
function totals(prices: readonly Price[]): Amount[] {
  const sums = new Map([[BASE_DENOM, 0n]]);
  for (const { denom = BASE_DENOM, amount } of prices) sums.set(denom, (sums.get(denom) ?? 0n) + amount);
  return [...sums].map(([denom, amount]) => ({ denom, amount }));
}

/** What the session's account holds of the coins of `costs`. Throws BalanceTooLowError. */
async function checkBalances(session: Session, costs: readonly Amount[]): Promise<Amount[]> {
  const [client, { address }] = [await session.client(), await session.key()];
  const balances = await Promise.all(
    costs.map(async ({ denom }) => ({ denom, amount: await getBalance(client, { address, denom }) })),
  );
  costs.forEach(({ denom, amount: cost }, i) => {
    const amount = balances[i]?.amount ?? 0n;
    if (amount >= cost) return;
    const [held, needed, missing] = [amount, cost, cost - amount].map((some) =>
      formatCoin({ denom, amount: some }),
    );
    throw new BalanceTooLowError(address, held ?? "", needed ?? "", missing ?? "");
  });
  return balances;
}

/** Shows what an intent costs and asks, unless --yes was given or it is free and can be taken back. */
export async function confirm(session: Session, intent: Intent, fee: bigint): Promise<void> {
  const prices: readonly Price[] = [...(intent.prices ?? []), { what: "network fee", amount: fee }];
  const costs = totals(prices);
  if (costs.every(({ amount }) => amount === 0n) && intent.final !== true) return;
  const { io, yes, signal } = session;
  const balances = await checkBalances(session, costs);
  const { address } = await session.key();
  const left = costs.map(({ denom, amount }, i) =>
    formatCoin({ denom, amount: (balances[i]?.amount ?? 0n) - amount }),
  );
  const lines = facts([
    ...prices.map(({ what, amount, denom = BASE_DENOM }) => [what, formatCoin({ denom, amount })] as const),
    ["in all", costs.map(formatCoin).join(", ")],
    [`left on ${address}`, left.join(", ")],
  ]);
  io.err(`To ${intent.what}:\n${indent(lines)}\n`);
  if (yes) return;
  if (!io.inIsTty) {
    throw new UsageError(
      "nobody can be asked here, as standard input is no terminal; if you agree to the above, add --yes. Nothing was sent",
    );
  }
  const answer = await io.ask("Go on? [y/N] ", signal);
  if (!/^y(es)?$/i.test(answer.trim())) throw new NotConfirmedError("nothing was sent");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
