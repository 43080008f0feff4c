import type { EncodeObject } from "@cosmjs/proto-signing";
import { calculateFee } from "@cosmjs/stargate";
import { getBalance } from "@assay/client/actions/getBalance";
import { estimateGas } from "@assay/client/gas";
import { createRegistry } from "@assay/client/registry";
import { createSender, type Sender, type TxResult } from "@assay/client/sender";
import { BalanceTooLowError, NotConfirmedError, UsageError } from "./errors.ts";
import { formatAssay } from "./format.ts";
import { facts } from "./output.ts";
import type { Session } from "./session.ts";

/** Money that leaves the account beside the network's fee. */
export interface Price {
  /** What it is for, and whether it comes back. */
  readonly what: string;
  /** In uassay. */
  readonly amount: bigint;
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
  await checkBalance(session, total(intent));
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

function total({ prices = [] }: Intent): bigint {
  return prices.reduce((sum, { amount }) => sum + amount, 0n);
}

async function checkBalance(session: Session, cost: bigint): Promise<bigint> {
  const [client, { address }] = [await session.client(), await session.key()];
  const balance = await getBalance(client, { address });
  if (balance < cost) {
    throw new BalanceTooLowError(
      address,
      formatAssay(balance),
      formatAssay(cost),
      formatAssay(cost - balance),
    );
  }
  return balance;
}

/** Shows what an intent costs and asks, unless --yes was given or it is free and can be taken back. */
export async function confirm(session: Session, intent: Intent, fee: bigint): Promise<void> {
  const cost = total(intent) + fee;
  if (cost === 0n && intent.final !== true) return;
  const { io, yes, signal } = session;
  const balance = await checkBalance(session, cost);
  const { address } = await session.key();
  const prices = [...(intent.prices ?? []), { what: "network fee", amount: fee }];
  const lines = facts([
    ...prices.map(({ what, amount }) => [what, formatAssay(amount)] as const),
    ["in all", formatAssay(cost)],
    [`left on ${address}`, formatAssay(balance - cost)],
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
