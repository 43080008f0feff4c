import { Secp256k1HdWallet } from "@cosmjs/amino";
import { fromBase64, toBase64 } from "@cosmjs/encoding";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import type { BrowserContext } from "playwright-core";

export interface KeplrStandInParameters {
  mnemonic: string;
  /** Bech32 prefix of accounts. Default "assay". */
  prefix?: string;
  /** Say that the key is on a Ledger device, which signs amino only. Default false. */
  ledger?: boolean;
  /** Whether the wallet knows the chain before a page suggests it. Default false. */
  knowsChain?: boolean;
}

/** What the user of the wallet did, and does next. */
export interface KeplrStandIn {
  readonly address: string;
  /** One entry for everything that was signed. */
  readonly signed: ("direct" | "amino")[];
  /** Chain ids that a page asked to add. */
  readonly suggested: string[];
  /** The next request to sign or to connect is rejected, as if the user had said no. */
  rejectNext(): void;
  /** The user picks another account in the wallet; pages are told. */
  switchTo(mnemonic: string): Promise<void>;
}

/** What the page's half asks of this process: JSON, bytes in base64 and 64-bit numbers in decimal. */
type Request =
  | { kind: "enable"; chainId: string }
  | { kind: "suggest"; chainId: string }
  | { kind: "key" }
  | {
      kind: "direct";
      address: string;
      document: { bodyBytes: string; authInfoBytes: string; chainId: string; accountNumber: string };
    }
  | { kind: "amino"; address: string; document: Parameters<Secp256k1HdWallet["signAmino"]>[1] };

/**
 * Gives every page of a browser context a `window.keplr` that signs with real keys. The keys stay in this process; pages
 * get signatures only, as from the extension. Call it before a page is opened.
 */
export async function installKeplr(
  context: BrowserContext,
  { mnemonic, prefix = "assay", ledger = false, knowsChain = false }: KeplrStandInParameters,
): Promise<KeplrStandIn> {
  let keys = await keysOf(mnemonic, prefix);
  let rejecting = false;
  const known = new Set<string>();
  const signed: ("direct" | "amino")[] = [];
  const suggested: string[] = [];

  const refuseIfAsked = (): void => {
    if (!rejecting) return;
    rejecting = false;
    throw new Error("Request rejected");
  };

  async function answer(request: Request): Promise<unknown> {
    switch (request.kind) {
      case "enable":
        refuseIfAsked();
        if (!knowsChain && !known.has(request.chainId))
          throw new Error(`There is no chain info for ${request.chainId}`);
        return null;
      case "suggest":
        refuseIfAsked();
        known.add(request.chainId);
        suggested.push(request.chainId);
        return null;
      case "key":
        return {
          name: "stand-in",
          algo: "secp256k1",
          pubKey: toBase64(keys.pubkey),
          bech32Address: keys.address,
          isNanoLedger: ledger,
        };
      case "direct": {
        refuseIfAsked();
        if (ledger) throw new Error("Ledger does not support this sign mode");
        const { bodyBytes, authInfoBytes, chainId, accountNumber } = request.document;
        const { signature } = await keys.direct.signDirect(request.address, {
          bodyBytes: fromBase64(bodyBytes),
          authInfoBytes: fromBase64(authInfoBytes),
          chainId,
          accountNumber: BigInt(accountNumber),
        });
        signed.push("direct");
        return { signature, signed: request.document };
      }
      case "amino": {
        refuseIfAsked();
        const response = await keys.amino.signAmino(request.address, request.document);
        signed.push("amino");
        return response;
      }
    }
  }

  await context.exposeFunction("__keplrStandIn", answer);
  await context.addInitScript(pageHalf);
  return {
    get address() {
      return keys.address;
    },
    signed,
    suggested,
    rejectNext: () => {
      rejecting = true;
    },
    switchTo: async (other) => {
      keys = await keysOf(other, prefix);
      for (const page of context.pages())
        await page.evaluate(() => window.dispatchEvent(new Event("keplr_keystorechange")));
    },
  };
}

async function keysOf(mnemonic: string, prefix: string) {
  const direct = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix });
  const amino = await Secp256k1HdWallet.fromMnemonic(mnemonic, { prefix });
  const [account] = await direct.getAccounts();
  if (!account) throw new Error("a mnemonic without an account");
  return { direct, amino, address: account.address, pubkey: account.pubkey };
}

/** Runs in the page, so it may use nothing from outside of itself. */
function pageHalf(): void {
  interface DirectDocument {
    bodyBytes: Uint8Array;
    authInfoBytes: Uint8Array;
    chainId: string;
    accountNumber: bigint;
  }
  const page = window as unknown as {
    __keplrStandIn(request: unknown): Promise<unknown>;
    keplr: unknown;
  };
  const ask = (request: unknown) => page.__keplrStandIn(request) as Promise<Record<string, string>>;
  const encode = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
  const decode = (text = "") => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const getKey = async () => {
    const key = await ask({ kind: "key" });
    return { ...key, pubKey: decode(key["pubKey"]) };
  };
  const getAccounts = async () => {
    const { bech32Address, pubKey } = (await getKey()) as unknown as {
      bech32Address: string;
      pubKey: Uint8Array;
    };
    return [{ address: bech32Address, algo: "secp256k1", pubkey: pubKey }];
  };
  const signAmino = (address: string, document: unknown) => ask({ kind: "amino", address, document });
  const signDirect = async (address: string, document: DirectDocument) => {
    const { bodyBytes, authInfoBytes, chainId, accountNumber } = document;
    const response = await ask({
      kind: "direct",
      address,
      document: {
        bodyBytes: encode(bodyBytes),
        authInfoBytes: encode(authInfoBytes),
        chainId,
        accountNumber: String(accountNumber),
      },
    });
    return { signature: response["signature"], signed: document };
  };
  page.keplr = {
    version: "stand-in",
    enable: (chainId: string) => ask({ kind: "enable", chainId }),
    experimentalSuggestChain: ({ chainId }: { chainId: string }) => ask({ kind: "suggest", chainId }),
    getKey,
    getOfflineSigner: () => ({ getAccounts, signDirect, signAmino }),
    getOfflineSignerOnlyAmino: () => ({ getAccounts, signAmino }),
  };
}
