import { getBalance } from "@assay/client/actions/getBalance";
import { getChannel } from "@assay/client/actions/getChannel";
import type { AssayClient } from "@assay/client/client";
import type { Budget } from "@assay/client/market/budget";
import { createBuyer, type Buyer } from "@assay/client/market/buyer";
import type { BuyerStore } from "@assay/client/market/buyer-store";
import { createFetchTransport, type Transport } from "@assay/client/market/transport";
import { createSender, type Sender } from "@assay/client/sender";
import { loadChain } from "../wallet/client.ts";
import type { WalletAccount } from "../wallet/use-wallet.ts";
import { openStorage } from "./storage.ts";
import type { Observation, StepName } from "./steps.ts";

/** What a visitor risks without being asked again: this much in one channel, and in all of them. */
const BUDGET: Budget = { maxDeposit: 1_000_000n, maxTotal: 5_000_000n };
/** A visitor asks one question at a time; the second lane is for when an answer got stuck on the first. */
const LANES = 2;
/** Another document of this browser may be about to let the account go. */
const LOCK_MS = 1_500;

/** The playground is open elsewhere with the same account; two at a time would spend the same lanes. */
export class OpenElsewhereError extends Error {}

/** What questions are asked with. */
export interface Buying {
  readonly buyer: Buyer;
  readonly sender: Sender;
  /** What the account has, in uassay. */
  balance(): Promise<bigint>;
  /** What came back of a closed channel, in base units of its coin. */
  returned(channelHex: string): Promise<bigint>;
  close(): void;
}

export interface OpenBuyingParameters {
  /** Null asks free services only. */
  account: WalletAccount | null;
  /** Told what the buyer does. */
  observe(observation: Observation): void;
  /** Ends everything, and lets other documents use the account. */
  signal: AbortSignal;
}

/**
 * Connects an account with the chain, and with what this browser knows of its channels.
 *
 * Throws {@link OpenElsewhereError}, StorageError, and what connecting to the chain throws.
 */
export async function openBuying({ account, observe, signal }: OpenBuyingParameters): Promise<Buying> {
  const { client, gasPrice } = await loadChain();
  const ended = new AbortController();
  const own = AbortSignal.any([signal, ended.signal]);
  const address = account?.address ?? "";
  if (account) await holdAlone(`assay-play/${client.chainId}/${address}`, own);
  const storage = await openStorage();
  own.addEventListener("abort", () => storage.close(), { once: true });
  const sender: Sender = account
    ? createSender({
        client,
        signer: account.signer,
        address,
        gasPrice,
        journal: storage.journal,
        signal: own,
      })
    : { address, send: () => Promise.reject(new Error("no account is connected")) };
  const buyer = createBuyer({
    client,
    sender: watchedSender(sender, observe),
    store: watchedStore(storage.buyer, observe),
    transport: watchedTransport(createFetchTransport(), observe),
    budget: BUDGET,
    lanes: LANES,
    // A deposit is told before it is made.
    topUpInAdvance: false,
  });
  return {
    buyer,
    sender,
    balance: () => (account ? getBalance(client, { address }) : Promise.resolve(0n)),
    returned: (channelHex) => returnedOf(client, channelHex),
    close: () => ended.abort(),
  };
}

async function returnedOf(client: AssayClient, idHex: string): Promise<bigint> {
  return BigInt((await getChannel(client, { idHex })).returned);
}

/** Holds a name among all documents of this origin until `signal` aborts. Throws {@link OpenElsewhereError}. */
async function holdAlone(name: string, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(LOCK_MS);
  const held = Promise.withResolvers<void>();
  navigator.locks
    .request(name, { signal: AbortSignal.any([signal, late]) }, () => {
      held.resolve();
      return new Promise<void>((release) => {
        if (signal.aborted) release();
        signal.addEventListener("abort", () => release(), { once: true });
      });
    })
    .catch((error: unknown) => {
      const elsewhere = new OpenElsewhereError(
        "The playground is open in another tab with this account. Go on there, or close it.",
      );
      held.reject(late.aborted && !signal.aborted ? elsewhere : error);
    });
  await held.promise;
}

type Observe = (observation: Observation) => void;

async function during<T>(step: StepName, observe: Observe, act: () => Promise<T>): Promise<T> {
  observe({ step, what: "begins", at: performance.now() });
  const result = await act();
  observe({ step, what: "ends", at: performance.now() });
  return result;
}

/** Openings and top-ups are all that the buyer sends before an answer. */
function watchedSender(sender: Sender, observe: Observe): Sender {
  return {
    address: sender.address,
    send: (messages, options) => {
      const funds = messages.some(({ typeUrl }) => /\.Msg(OpenChannel|TopUp)$/.test(typeUrl));
      return funds
        ? during("channel", observe, () => sender.send(messages, options))
        : sender.send(messages, options);
    },
  };
}

/** A lane is written down before its voucher goes out. */
function watchedStore(store: BuyerStore, observe: Observe): BuyerStore {
  return {
    ...store,
    put: (key, value, options) =>
      key.includes("/lane/") && value.includes('"pending"')
        ? during("voucher", observe, () => store.put(key, value, options))
        : store.put(key, value, options),
  };
}

/** The receipt is checked between the answer and the end of the call. */
function watchedTransport(transport: Transport, observe: Observe): Transport {
  return async (request) => {
    if (request.method !== "POST") return transport(request);
    const response = await during("answer", observe, () => transport(request));
    if (response.status === 200) observe({ step: "receipt", what: "begins", at: performance.now() });
    return response;
  };
}
