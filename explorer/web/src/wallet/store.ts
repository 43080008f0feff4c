import type { OfflineSigner } from "@cosmjs/proto-signing";
import type { Network } from "../../../wire/network.ts";
import { chainInfo } from "./chain-info.ts";
import { KEY_CHANGE_EVENT, type Keplr, type KeplrKey } from "./keplr.ts";
import { TestKeys, type TestKey, type TextStorage } from "./test-key.ts";

/** `keplr`: a wallet of the browser that speaks Keplr's interface. `dev`: a test key in this page's storage. */
export type WalletKind = "keplr" | "dev";

/** Who signs transactions. */
export interface WalletAccount {
  readonly address: string;
  readonly kind: WalletKind;
  /** What its owner calls it. */
  readonly name: string;
  /** Compressed secp256k1. */
  readonly pubkey: Uint8Array;
  /** Signs in the way that `signMode` says. */
  readonly signer: OfflineSigner;
  readonly signMode: "direct" | "amino";
  /** A Ledger device, which can sign amino only. */
  readonly ledger: boolean;
}

export interface WalletState {
  readonly account: WalletAccount | null;
  readonly connecting: WalletKind | null;
  /** Why the last attempt to connect failed, in words for the user. */
  readonly problem: string | null;
  /** Kinds that can be connected here. */
  readonly kinds: readonly WalletKind[];
  /** Address of the test key in this browser, whether connected or not. */
  readonly testKeyAddress: string | null;
  /** Whether the user asked for amino JSON where the account could sign directly. */
  readonly amino: boolean;
}

export interface WalletStoreParameters {
  keplr(): Keplr | undefined;
  storage: TextStorage;
  /** Where the wallet announces another key: the window. */
  events: Pick<EventTarget, "addEventListener">;
  /** Of this page. */
  origin: string;
}

const REMEMBERED = "assay.wallet";
const AMINO = "assay.wallet.amino";

const TEST_KEY_NAME = "Test key in this browser";

/** The wallet of the page, outside React: see `useWallet`. */
export class WalletStore {
  readonly #p: WalletStoreParameters;
  readonly #listeners = new Set<() => void>();
  #network: Network | undefined;
  #state: WalletState;
  /** Counts attempts, so that one that was overtaken changes nothing. */
  #attempt = 0;

  constructor(parameters: WalletStoreParameters) {
    this.#p = parameters;
    this.#state = {
      account: null,
      connecting: null,
      problem: null,
      kinds: [],
      testKeyAddress: null,
      amino: parameters.storage.getItem(AMINO) === "yes",
    };
    parameters.events.addEventListener(KEY_CHANGE_EVENT, () => {
      if (this.#state.account?.kind === "keplr") void this.connect("keplr");
    });
  }

  readonly getState = (): WalletState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(change: Partial<WalletState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** Tells the store which network the page is about; the first time it connects what was connected last. */
  async use(network: Network): Promise<void> {
    if (this.#network?.chainId === network.chainId) return;
    this.#network = network;
    const testKeyAddress = network.local ? (this.#testKeys().read()?.address ?? null) : null;
    this.#set({ kinds: this.#kinds(network), testKeyAddress });
    const remembered = this.#p.storage.getItem(REMEMBERED);
    if (remembered === "keplr" && this.#p.keplr()) await this.connect("keplr");
    if (remembered === "dev" && testKeyAddress !== null) await this.connect("dev");
  }

  #kinds(network: Network): WalletKind[] {
    return network.local ? ["keplr", "dev"] : ["keplr"];
  }

  #testKeys(): TestKeys {
    const { chainId, bech32Prefix, local } = this.#required();
    if (!local) throw new Error("Test keys are for local networks only.");
    return new TestKeys(this.#p.storage, chainId, bech32Prefix);
  }

  #required(): Network {
    if (!this.#network) throw new Error("The network is not known yet. Try again in a moment.");
    return this.#network;
  }

  /** Connects, and remembers it for the next visit. What goes wrong is told in `problem`. */
  async connect(kind: WalletKind): Promise<void> {
    const attempt = ++this.#attempt;
    this.#set({ connecting: kind, problem: null });
    try {
      const account = kind === "keplr" ? await this.#keplrAccount() : this.#testAccount(this.#readTestKey());
      if (attempt !== this.#attempt) return;
      this.#p.storage.setItem(REMEMBERED, kind);
      this.#set({ account, connecting: null });
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#set({ account: null, connecting: null, problem: problemOf(error) });
    }
  }

  async #keplrAccount(): Promise<WalletAccount> {
    const network = this.#required();
    const keplr = this.#p.keplr();
    if (!keplr)
      throw new Error(
        "This browser has no wallet. Install Keplr (keplr.app) or another wallet that speaks its interface, then load this page again.",
      );
    // Fee and memo are on the page's review; a wallet that changed them would sign something else than was shown.
    keplr.defaultOptions = { sign: { preferNoSetFee: true, preferNoSetMemo: true } };
    const key = await keyOf(keplr, network, this.#p.origin);
    const amino = key.isNanoLedger || this.#state.amino;
    return {
      address: key.bech32Address,
      kind: "keplr",
      name: key.name,
      pubkey: key.pubKey,
      signer: amino
        ? keplr.getOfflineSignerOnlyAmino(network.chainId)
        : keplr.getOfflineSigner(network.chainId),
      signMode: amino ? "amino" : "direct",
      ledger: key.isNanoLedger,
    };
  }

  #readTestKey(): TestKey {
    const key = this.#testKeys().read();
    if (!key) throw new Error("There is no test key in this browser. Make one.");
    return key;
  }

  #testAccount(key: TestKey): WalletAccount {
    const { amino } = this.#state;
    return {
      address: key.address,
      kind: "dev",
      name: TEST_KEY_NAME,
      pubkey: key.pubkey,
      signer: this.#testKeys().signer(key, amino),
      signMode: amino ? "amino" : "direct",
      ledger: false,
    };
  }

  /** Makes a test key and connects it. Only on local networks. Throws when there is one already: delete it first. */
  async createDevKey(): Promise<void> {
    if (this.#state.testKeyAddress !== null) throw new Error("There is a test key already. Delete it first.");
    await this.#keep(() => this.#testKeys().create());
  }

  /** Keeps and connects the key of these words. Only on local networks. Throws MnemonicError. */
  async importDevKey(mnemonic: string): Promise<void> {
    await this.#keep(() => this.#testKeys().import(mnemonic));
  }

  async #keep(make: () => Promise<TestKey>): Promise<void> {
    const { address } = await make();
    this.#set({ testKeyAddress: address });
    await this.connect("dev");
  }

  /** The words of the test key, to be written down. */
  exportDevKey(): string {
    return this.#readTestKey().mnemonic;
  }

  /** Deletes the test key; without its words what it holds is lost. */
  deleteDevKey(): void {
    this.#testKeys().delete();
    this.#set({ testKeyAddress: null });
    if (this.#state.account?.kind === "dev") this.disconnect();
  }

  disconnect(): void {
    this.#attempt++;
    this.#p.storage.removeItem(REMEMBERED);
    this.#set({ account: null, connecting: null, problem: null });
  }

  /** Signs amino JSON from now on, or directly where the account can. */
  async setAmino(amino: boolean): Promise<void> {
    if (amino) this.#p.storage.setItem(AMINO, "yes");
    else this.#p.storage.removeItem(AMINO);
    this.#set({ amino });
    if (this.#state.account) await this.connect(this.#state.account.kind);
  }
}

/** Adds the chain to a wallet that does not know it. */
async function keyOf(keplr: Keplr, network: Network, origin: string): Promise<KeplrKey> {
  try {
    await keplr.enable(network.chainId);
  } catch (error) {
    if (isRejection(error)) throw error;
    await keplr.experimentalSuggestChain(chainInfo(network, origin));
    await keplr.enable(network.chainId);
  }
  return keplr.getKey(network.chainId);
}

/** Whether the user said no in the wallet. Wallets say it in words only. */
export function isRejection(error: unknown): boolean {
  return /reject|denied|declin|cancel/i.test(messageOf(error));
}

/** Wallets throw errors, texts, and objects with a message. */
export function messageOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return String(error);
}

function problemOf(error: unknown): string {
  return isRejection(error)
    ? "The wallet was not connected, because the request was rejected in it."
    : messageOf(error);
}
