import type { Amount } from "@assay/client/coins";
import { TxFailedError, TxTimeoutError } from "@assay/client/errors";
import { estimateGas } from "@assay/client/gas";
import type { Journal } from "@assay/client/journal";
import { createRegistry } from "@assay/client/registry";
import type { TxResult } from "@assay/client/result";
import { createSender } from "@assay/client/sender";
import { getBalance } from "@assay/client/actions/getBalance";
import type { OfflineAminoSigner } from "@cosmjs/amino";
import type { OfflineDirectSigner, OfflineSigner } from "@cosmjs/proto-signing";
import { calculateFee } from "@cosmjs/stargate";
import type { WalletAccount } from "../wallet/store.ts";
import type { FormContext, Plan } from "./form.ts";
import { TooLittleError, UnfollowedError } from "./problems.ts";
import { formatIn, unitOf } from "./units.ts";

/** A plan that the chain has tried out, with what it costs. */
export interface Prepared {
  readonly plan: Plan;
  readonly gas: number;
  readonly fee: Amount;
}

/**
 * Lets the chain try a plan out. Throws what makes it fail: TxFailedError with stage "simulate", {@link TooLittleError}.
 */
export async function prepare(plan: Plan, context: FormContext, account: WalletAccount): Promise<Prepared> {
  const { client, gasPrice } = context.chain;
  const registry = createRegistry();
  const messages = plan.messages.map((message) => registry.encodeAsAny(message));
  // Before the simulation, which would say the same in the chain's words.
  await checkFunds(plan.spends, context);
  const gas = await estimateGas(client, account.signer, account.address, messages);
  const [coin] = calculateFee(gas, gasPrice).amount;
  const fee = { denom: coin?.denom ?? context.network.denom.base, amount: BigInt(coin?.amount ?? 0) };
  await checkFunds([...plan.spends, fee], context);
  return { plan, gas, fee };
}

async function checkFunds(
  spends: readonly Amount[],
  { chain, address, network }: FormContext,
): Promise<void> {
  for (const [denom, entries] of Map.groupBy(spends, ({ denom }) => denom)) {
    const needs = entries.reduce((sum, { amount }) => sum + amount, 0n);
    const has = await getBalance(chain.client, { address, denom });
    const unit = unitOf(denom, network);
    if (needs > has) throw new TooLittleError(formatIn(needs, unit), formatIn(has, unit));
  }
}

export interface SubmitSteps {
  /** The wallet is asked to sign; again when another transaction of the account came first. */
  signing(): void;
  /** It is signed and on its way. */
  sent(hash: string): void;
  /** Ends the following, not the transaction. */
  signal: AbortSignal;
}

/**
 * Signs, broadcasts and follows a transaction to its result. What is recorded by `plan.before` is undone when it is
 * certain that nothing happened.
 *
 * Throws what `sender.send` throws, what the wallet throws, and {@link UnfollowedError}.
 */
export async function submit(
  { plan, gas }: Prepared,
  { chain }: FormContext,
  account: WalletAccount,
  { signing, sent, signal }: SubmitSteps,
): Promise<TxResult> {
  let hash: string | undefined;
  // Nothing is resumed after the page is gone; it tells the hash before anything is broadcast.
  const journal: Journal = {
    get: () => Promise.resolve(undefined),
    put: (_, record) => {
      if (record.hash !== hash) sent(record.hash);
      hash = record.hash;
      return Promise.resolve();
    },
    delete: () => Promise.resolve(),
  };
  await plan.before?.();
  const sender = createSender({
    client: chain.client,
    signer: watched(account, signing),
    address: account.address,
    gasPrice: chain.gasPrice,
    journal,
    signal,
  });
  try {
    return await sender.send(plan.messages, { gas, id: crypto.randomUUID() });
  } catch (error) {
    const nothing = hash === undefined || error instanceof TxFailedError || error instanceof TxTimeoutError;
    if (nothing) await plan.undo?.();
    if (signal.aborted && hash !== undefined) throw new UnfollowedError(hash);
    throw error;
  }
}

/** The account's signer in its one mode, telling when it is asked. */
function watched({ signer, signMode }: WalletAccount, signing: () => void): OfflineSigner {
  const getAccounts = () => signer.getAccounts();
  if (signMode === "amino") {
    const amino = signer as OfflineAminoSigner;
    return {
      getAccounts,
      signAmino: (address, document) => {
        signing();
        return amino.signAmino(address, document);
      },
    };
  }
  const direct = signer as OfflineDirectSigner;
  return {
    getAccounts,
    signDirect: (address, document) => {
      signing();
      return direct.signDirect(address, document);
    },
  };
}
