import { serializeSignDoc, type AminoSignResponse, type StdSignDoc } from "@cosmjs/amino";
import { Secp256k1, Secp256k1Signature, sha256 } from "@cosmjs/crypto";
import { fromBase64 } from "@cosmjs/encoding";
import { makeSignBytes, type DirectSignResponse } from "@cosmjs/proto-signing";
import { expect } from "chai";
import { chromium, type Browser, type Page } from "playwright-core";
import type { Keplr } from "../../web/src/wallet/keplr.ts";
import { installKeplr, type KeplrStandIn, type KeplrStandInParameters } from "./keplr-stand-in.ts";

declare const keplr: Keplr;

const MNEMONIC =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const OTHER = "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong";
const CHAIN = "assay-test-1";
const DOCUMENT: StdSignDoc = {
  chain_id: CHAIN,
  account_number: "3",
  sequence: "0",
  fee: { amount: [], gas: "1" },
  msgs: [{ type: "trial", value: { text: "é & <b>" } }],
  memo: "",
};

describe("the stand-in for Keplr", function () {
  this.timeout(30_000);
  let browser: Browser;
  let page: Page;
  let standIn: KeplrStandIn;

  before(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  });
  after(() => browser.close());
  afterEach(() => page.context().close());

  const open = async (parameters: Partial<KeplrStandInParameters> = {}): Promise<void> => {
    const context = await browser.newContext();
    standIn = await installKeplr(context, { mnemonic: MNEMONIC, knowsChain: true, ...parameters });
    page = await context.newPage();
    await page.goto("about:blank");
  };
  const pubkey = async (): Promise<Uint8Array> =>
    Uint8Array.from(await page.evaluate(async (chain) => [...(await keplr.getKey(chain)).pubKey], CHAIN));

  it("signs directly with the account's key", async () => {
    await open();
    const { signature, number } = await page.evaluate(
      async ([chain, address]) => {
        const bytes = { bodyBytes: Uint8Array.of(1, 255), authInfoBytes: new Uint8Array() };
        const document = { ...bytes, chainId: chain, accountNumber: 2n ** 63n };
        const signer = keplr.getOfflineSigner(chain);
        const response: DirectSignResponse = await signer.signDirect(address, document);
        return { signature: response.signature.signature, number: String(response.signed.accountNumber) };
      },
      [CHAIN, standIn.address] as const,
    );
    const signed = makeSignBytes({
      bodyBytes: Uint8Array.of(1, 255),
      authInfoBytes: new Uint8Array(),
      chainId: CHAIN,
      accountNumber: BigInt(number),
    });
    expectSigned(signed, signature, await pubkey());
    expect(standIn.signed).to.deep.equal(["direct"]);
  });

  const signAmino = (): Promise<AminoSignResponse> =>
    page.evaluate(
      ([chain, address, document]) => keplr.getOfflineSignerOnlyAmino(chain).signAmino(address, document),
      [CHAIN, standIn.address, DOCUMENT] as const,
    );

  it("signs amino, which is all that a Ledger does", async () => {
    await open({ ledger: true });
    const { signature } = await signAmino();
    expectSigned(serializeSignDoc(DOCUMENT), signature.signature, await pubkey());
    expect(await page.evaluate(async (chain) => (await keplr.getKey(chain)).isNanoLedger, CHAIN)).to.equal(
      true,
    );
    const direct = page.evaluate(
      ([chain, address]) =>
        keplr.getOfflineSigner(chain).signDirect(address, {
          bodyBytes: new Uint8Array(),
          authInfoBytes: new Uint8Array(),
          chainId: chain,
          accountNumber: 1n,
        }),
      [CHAIN, standIn.address] as const,
    );
    await refused(direct, "Ledger does not support this sign mode");
  });

  it("knows a chain once it was suggested", async () => {
    await open({ knowsChain: false });
    await refused(
      page.evaluate((chain) => keplr.enable(chain), CHAIN),
      "There is no chain info",
    );
    await page.evaluate((chainId) => keplr.experimentalSuggestChain({ chainId } as never), CHAIN);
    await page.evaluate((chain) => keplr.enable(chain), CHAIN);
    expect(standIn.suggested).to.deep.equal([CHAIN]);
  });

  it("rejects once when its user says no", async () => {
    await open();
    standIn.rejectNext();
    await refused(signAmino(), "Request rejected");
    await signAmino();
    expect(standIn.signed).to.deep.equal(["amino"]);
  });

  it("tells pages of another account", async () => {
    await open();
    const before = standIn.address;
    await page.evaluate(() => {
      window.addEventListener("keplr_keystorechange", () => {
        document.title = "told";
      });
    });
    await standIn.switchTo(OTHER);
    expect(await page.title()).to.equal("told");
    expect(standIn.address).not.to.equal(before);
    expect(await page.evaluate(async (chain) => (await keplr.getKey(chain)).bech32Address, CHAIN)).to.equal(
      standIn.address,
    );
  });
});

async function refused(attempt: Promise<unknown>, message: string): Promise<void> {
  const reason = await attempt.then(
    () => "nothing",
    (error: Error) => error.message,
  );
  expect(reason).to.include(message);
}

function expectSigned(bytes: Uint8Array, signature: string, pubkey: Uint8Array): void {
  const parsed = Secp256k1Signature.fromFixedLength(fromBase64(signature));
  expect(Secp256k1.verifySignature(parsed, sha256(bytes), pubkey)).to.equal(true);
}
