import { makeSignBytes, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import { Secp256k1, Secp256k1Signature, sha256 } from "@cosmjs/crypto";
import { serializeSignDoc, type OfflineAminoSigner } from "@cosmjs/amino";
import { fromBase64 } from "@cosmjs/encoding";
import { expect } from "chai";
import type { ChainInfo } from "../../../web/src/wallet/chain-info.ts";
import { KEY_CHANGE_EVENT, type Keplr } from "../../../web/src/wallet/keplr.ts";
import { WalletStore } from "../../../web/src/wallet/store.ts";
import { MnemonicError, type TextStorage } from "../../../web/src/wallet/test-key.ts";
import { NETWORK } from "../transact/support.ts";

const MNEMONIC =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const ADDRESS = "assay19rl4cm2hmr8afy4kldpxz3fka4jguq0aqyly38";

class Memory implements TextStorage {
  readonly values = new Map<string, string>();
  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }
  removeItem(key: string): void {
    this.values.delete(key);
  }
}

/** A wallet that a test tells what to do. */
class FakeKeplr implements Keplr {
  defaultOptions?: Keplr["defaultOptions"];
  address = "assay1first";
  isNanoLedger = false;
  knows = false;
  /** What it throws next. */
  refusal: unknown;
  readonly suggested: ChainInfo[] = [];
  readonly direct = { direct: true } as unknown as OfflineAminoSigner & OfflineDirectSigner;
  readonly amino = { amino: true } as unknown as OfflineAminoSigner;

  enable(chainId: string): Promise<void> {
    const { refusal } = this;
    this.refusal = undefined;
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- wallets throw texts too
    if (refusal !== undefined) return Promise.reject(refusal);
    return this.knows
      ? Promise.resolve()
      : Promise.reject(new Error(`There is no chain info for ${chainId}`));
  }
  getKey() {
    const { address, isNanoLedger } = this;
    return Promise.resolve({
      name: "mine",
      pubKey: new Uint8Array(33),
      bech32Address: address,
      isNanoLedger,
    });
  }
  getOfflineSigner() {
    return this.direct;
  }
  getOfflineSignerOnlyAmino() {
    return this.amino;
  }
  experimentalSuggestChain(info: ChainInfo): Promise<void> {
    this.suggested.push(info);
    this.knows = true;
    return Promise.resolve();
  }
}

function walletOf({ keplr, storage = new Memory() }: { keplr?: Keplr; storage?: TextStorage } = {}) {
  const events = new EventTarget();
  const store = new WalletStore({ keplr: () => keplr, storage, events, origin: "https://explorer.example" });
  return { store, storage, events };
}

/** Once all that was started has run. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe("the wallet's store", () => {
  describe("with Keplr", () => {
    it("suggests the chain once and connects", async () => {
      const keplr = new FakeKeplr();
      const { store } = walletOf({ keplr });
      await store.use(NETWORK);
      await store.connect("keplr");
      expect(store.getState().account).to.include({
        address: "assay1first",
        kind: "keplr",
        name: "mine",
        signMode: "direct",
        signer: keplr.direct,
      });
      await store.connect("keplr");
      expect(keplr.suggested).to.have.length(1);
      expect(keplr.suggested[0]).to.deep.include({
        chainId: NETWORK.chainId,
        rpc: "https://explorer.example/api/rpc",
        rest: "https://explorer.example",
        bip44: { coinType: 118 },
      });
      expect(keplr.suggested[0]?.bech32Config.bech32PrefixValAddr).to.equal("assayvaloper");
      expect(keplr.defaultOptions?.sign).to.deep.equal({ preferNoSetFee: true, preferNoSetMemo: true });
    });

    it("names the operator's public addresses where there are some", async () => {
      const keplr = new FakeKeplr();
      const { store } = walletOf({ keplr });
      await store.use({ ...NETWORK, publicRpc: "https://rpc.example", publicRest: "https://rest.example" });
      await store.connect("keplr");
      expect(keplr.suggested[0]).to.include({ rpc: "https://rpc.example", rest: "https://rest.example" });
    });

    it("says so when there is no wallet", async () => {
      const { store } = walletOf();
      await store.use(NETWORK);
      await store.connect("keplr");
      expect(store.getState()).to.include({ account: null, connecting: null });
      expect(store.getState().problem).to.match(/^This browser has no wallet\. Install Keplr/);
    });

    for (const refusal of [new Error("Request rejected"), "User denied the request"])
      it(`suggests nothing after "${String(refusal)}"`, async () => {
        const keplr = new FakeKeplr();
        keplr.refusal = refusal;
        const { store } = walletOf({ keplr });
        await store.use(NETWORK);
        await store.connect("keplr");
        expect(keplr.suggested).to.have.length(0);
        expect(store.getState().problem).to.equal(
          "The wallet was not connected, because the request was rejected in it.",
        );
      });

    it("signs amino with a Ledger, and where the user asks for it", async () => {
      const keplr = new FakeKeplr();
      const { store, storage } = walletOf({ keplr });
      await store.use(NETWORK);
      await store.connect("keplr");
      await store.setAmino(true);
      expect(store.getState().account).to.include({ signMode: "amino", signer: keplr.amino, ledger: false });
      expect(walletOf({ keplr, storage }).store.getState().amino, "remembered").to.equal(true);
      await store.setAmino(false);
      expect(store.getState().account).to.include({ signMode: "direct", signer: keplr.direct });
      keplr.isNanoLedger = true;
      await store.connect("keplr");
      expect(store.getState().account).to.include({ signMode: "amino", signer: keplr.amino, ledger: true });
    });

    it("follows the account that is picked in the wallet", async () => {
      const keplr = new FakeKeplr();
      const { store, events } = walletOf({ keplr });
      await store.use(NETWORK);
      keplr.address = "assay1second";
      events.dispatchEvent(new Event(KEY_CHANGE_EVENT));
      await settled();
      expect(store.getState().account, "not before it is connected").to.equal(null);
      await store.connect("keplr");
      keplr.address = "assay1third";
      events.dispatchEvent(new Event(KEY_CHANGE_EVENT));
      await settled();
      expect(store.getState().account?.address).to.equal("assay1third");
    });

    it("connects again on the next visit, until disconnected", async () => {
      const keplr = new FakeKeplr();
      const { store, storage } = walletOf({ keplr });
      await store.use(NETWORK);
      await store.connect("keplr");
      const second = walletOf({ keplr, storage }).store;
      await second.use(NETWORK);
      expect(second.getState().account?.address).to.equal("assay1first");
      second.disconnect();
      const third = walletOf({ keplr, storage }).store;
      await third.use(NETWORK);
      expect(third.getState().account).to.equal(null);
    });

    it("stays disconnected when that came while the wallet was asking", async () => {
      const keplr = new FakeKeplr();
      const { store } = walletOf({ keplr });
      await store.use(NETWORK);
      const connecting = store.connect("keplr");
      store.disconnect();
      await connecting;
      expect(store.getState()).to.include({ account: null, connecting: null });
    });

    it("tells its subscribers, until they leave", async () => {
      const { store } = walletOf({ keplr: new FakeKeplr() });
      let told = 0;
      const leave = store.subscribe(() => told++);
      await store.use(NETWORK);
      await store.connect("keplr");
      expect(told).to.be.greaterThan(1);
      leave();
      const before = told;
      store.disconnect();
      expect(told).to.equal(before);
    });
  });

  describe("with a test key", () => {
    it("offers one on local networks only", async () => {
      const { store, storage } = walletOf();
      await store.use({ ...NETWORK, local: false });
      expect(store.getState().kinds).to.deep.equal(["keplr"]);
      for (const make of [() => store.createDevKey(), () => store.importDevKey(MNEMONIC)])
        await make().then(
          () => expect.fail("made a key"),
          (error: Error) => expect(error.message).to.equal("Test keys are for local networks only."),
        );
      expect((storage as Memory).values.size).to.equal(0);
    });

    it("makes one of twelve words, keeps it and deletes it", async () => {
      const { store, storage } = walletOf();
      await store.use(NETWORK);
      await store.createDevKey();
      const { account, testKeyAddress } = store.getState();
      expect(account).to.include({ kind: "dev", name: "Test key in this browser", address: testKeyAddress });
      expect(account?.address).to.match(/^assay1[0-9a-z]{38}$/);
      expect(store.exportDevKey().split(" ")).to.have.length(12);
      await store.createDevKey().then(
        () => expect.fail("replaced the key"),
        (error: Error) => expect(error.message).to.match(/already/),
      );
      const next = walletOf({ storage }).store;
      await next.use(NETWORK);
      expect(next.getState().account?.address).to.equal(account?.address);
      next.deleteDevKey();
      expect(next.getState()).to.include({ account: null, testKeyAddress: null });
      expect([...(storage as Memory).values.values()].join()).not.to.include(" ");
    });

    it("is not connected on a network that is not local, even if it was kept", async () => {
      const { store, storage } = walletOf();
      await store.use(NETWORK);
      await store.importDevKey(MNEMONIC);
      const next = walletOf({ storage }).store;
      await next.use({ ...NETWORK, local: false });
      expect(next.getState()).to.include({ account: null, testKeyAddress: null });
    });

    it("takes words as people write them, and refuses what makes no key", async () => {
      const { store } = walletOf();
      await store.use(NETWORK);
      for (const words of [
        "",
        "abandon about",
        MNEMONIC.replace("about", "abandon"),
        MNEMONIC.replace("about", "x"),
      ])
        await store.importDevKey(words).then(
          () => expect.fail(words),
          (error: unknown) => expect(error).to.be.instanceOf(MnemonicError),
        );
      await store.importDevKey(`  ${MNEMONIC.toUpperCase().replaceAll(" ", "\n ")} `);
      expect(store.getState().account?.address).to.equal(ADDRESS);
    });

    it("signs, directly and in amino", async () => {
      const { store } = walletOf();
      await store.use(NETWORK);
      await store.importDevKey(MNEMONIC);
      const document = {
        bodyBytes: Uint8Array.of(1),
        authInfoBytes: Uint8Array.of(2),
        chainId: "x",
        accountNumber: 3n,
      };
      const account = store.getState().account;
      const direct = await (account?.signer as OfflineDirectSigner).signDirect(ADDRESS, document);
      expectSignature(makeSignBytes(document), direct.signature.signature, account?.pubkey);

      await store.setAmino(true);
      const amino = store.getState().account;
      expect(amino?.signer).not.to.have.property("signDirect");
      const signDoc = {
        chain_id: "x",
        account_number: "3",
        sequence: "0",
        fee: { amount: [], gas: "1" },
        msgs: [],
        memo: "",
      };
      const signed = await (amino?.signer as OfflineAminoSigner).signAmino(ADDRESS, signDoc);
      expectSignature(serializeSignDoc(signDoc), signed.signature.signature, amino?.pubkey);
    });

    it("survives a storage that holds nonsense", async () => {
      const storage = new Memory();
      for (const text of ["{", "null", "[]", '{"mnemonic":1}']) {
        storage.setItem(`assay.test-key.${NETWORK.chainId}`, text);
        storage.setItem("assay.wallet", "dev");
        const { store } = walletOf({ storage });
        await store.use(NETWORK);
        expect(store.getState(), text).to.include({ account: null, testKeyAddress: null, problem: null });
      }
    });
  });
});

function expectSignature(bytes: Uint8Array, signature: string, pubkey: Uint8Array = new Uint8Array()): void {
  const parsed = Secp256k1Signature.fromFixedLength(fromBase64(signature));
  expect(Secp256k1.verifySignature(parsed, sha256(bytes), pubkey)).to.equal(true);
}
