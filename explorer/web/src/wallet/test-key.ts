import type { OfflineAminoSigner } from "@cosmjs/amino";
import type { AccountData, OfflineDirectSigner, OfflineSigner } from "@cosmjs/proto-signing";

/**
 * A key made in this browser and kept in its storage, readable by everything that runs on this page: for worthless coins
 * of local networks only.
 */
export interface TestKey {
  readonly mnemonic: string;
  readonly address: string;
  /** Compressed secp256k1. */
  readonly pubkey: Uint8Array;
}

/** What {@link TestKeys} needs of `localStorage`. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Twelve words that no key can be made of. */
export class MnemonicError extends Error {}

const WORDS = 12;

/** The test key of one chain. cosmjs is loaded when a key is made or signs, never before. */
export class TestKeys {
  readonly #storage: TextStorage;
  readonly #name: string;
  readonly #prefix: string;

  constructor(storage: TextStorage, chainId: string, bech32Prefix: string) {
    this.#storage = storage;
    this.#name = `assay.test-key.${chainId}`;
    this.#prefix = bech32Prefix;
  }

  /** Undefined when there is none, or what is stored is none. */
  read(): TestKey | undefined {
    const text = this.#storage.getItem(this.#name);
    return text === null ? undefined : parse(text);
  }

  /** Makes a key and keeps it; an existing one is lost, so ask first. */
  async create(): Promise<TestKey> {
    const { DirectSecp256k1HdWallet } = await import("@cosmjs/proto-signing");
    const { mnemonic } = await DirectSecp256k1HdWallet.generate(WORDS, { prefix: this.#prefix });
    return this.import(mnemonic);
  }

  /** Keeps the key of twelve or more words. Throws {@link MnemonicError}. */
  async import(words: string): Promise<TestKey> {
    const mnemonic = words.trim().toLowerCase().split(/\s+/).join(" ");
    const { DirectSecp256k1HdWallet } = await import("@cosmjs/proto-signing");
    let account: AccountData | undefined;
    try {
      const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: this.#prefix });
      [account] = await wallet.getAccounts();
    } catch (cause) {
      throw new MnemonicError(
        "These words make no key. Check their number, order and spelling; they are 12 to 24 English words.",
        { cause },
      );
    }
    if (!account) throw new MnemonicError("These words make no key.");
    const { address, pubkey } = account;
    const key = { mnemonic, address, pubkey: Uint8Array.from(pubkey) };
    this.#storage.setItem(this.#name, JSON.stringify({ mnemonic, address, pubkey: [...pubkey] }));
    return key;
  }

  delete(): void {
    this.#storage.removeItem(this.#name);
  }

  /** Signs with the key: directly, or amino JSON. */
  signer({ mnemonic }: TestKey, amino: boolean): OfflineSigner {
    return amino ? aminoSigner(mnemonic, this.#prefix) : directSigner(mnemonic, this.#prefix);
  }
}

function parse(text: string): TestKey | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const { mnemonic, address, pubkey } = (stored ?? {}) as Partial<Record<keyof TestKey, unknown>>;
  if (typeof mnemonic !== "string" || typeof address !== "string" || !Array.isArray(pubkey)) return undefined;
  return { mnemonic, address, pubkey: Uint8Array.from(pubkey as number[]) };
}

// To derive a key takes a moment and a library, so it waits until something is to be signed.

function directSigner(mnemonic: string, prefix: string): OfflineDirectSigner {
  const wallet = once(async () => {
    const { DirectSecp256k1HdWallet } = await import("@cosmjs/proto-signing");
    return DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix });
  });
  return {
    getAccounts: async () => (await wallet()).getAccounts(),
    signDirect: async (address, document) => (await wallet()).signDirect(address, document),
  };
}

function aminoSigner(mnemonic: string, prefix: string): OfflineAminoSigner {
  const wallet = once(async () => {
    const { Secp256k1HdWallet } = await import("@cosmjs/amino");
    return Secp256k1HdWallet.fromMnemonic(mnemonic, { prefix });
  });
  return {
    getAccounts: async () => (await wallet()).getAccounts(),
    signAmino: async (address, document) => (await wallet()).signAmino(address, document),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
