import { fromHex } from "@cosmjs/encoding";
import { expect } from "chai";
import { check } from "../../src/intonnx/check.ts";
import { callHash, inputRoot, outputRoot, receiptDigest, type Receipt } from "../../src/market/bytes.ts";
import { importSigningKey } from "../../src/market/ed25519.ts";
import {
  ReceiptError,
  rerunReceipt,
  verifyReceipt,
  type ReceiptReason,
  type VerifyReceiptParameters,
} from "../../src/market/receipt.ts";
import { decodeReceiptFile, encodeReceiptFile, type ReceiptFile } from "../../src/market/x402.ts";
import { bytesOf, corpus, vectorsOf } from "../intonnx/corpus.ts";
import { CHAIN, filled } from "./samples.ts";

const entry = corpus.find(({ ok, vectors }) => ok && (vectors?.length ?? 0) >= 2)!;
const program = check(bytesOf(entry));
const vectors = vectorsOf(entry);

/** A provider's honest receipt, changed by `change` before it is signed. */
async function answered(change: Partial<Receipt> = {}): Promise<ReceiptFile> {
  const key = await importSigningKey(filled(7));
  const items = vectors.map(({ input }) => input);
  const outputs = vectors.map(({ output }) => Int32Array.from(output));
  const salt = filled(9, 16);
  const receipt: Receipt = {
    service: 7n,
    channel: filled(1),
    lane: 3,
    amount: 500n,
    callHash: callHash(salt, 7n, inputRoot(items)),
    items: items.length,
    inputRoot: inputRoot(items),
    outputRoot: outputRoot(outputs),
    ...change,
  };
  const signature = await key.sign(receiptDigest(CHAIN, receipt));
  return {
    chainId: CHAIN,
    receipt: { ...receipt, signature },
    salt,
    items,
    outputs,
    servingKey: key.publicKey,
    model: fromHex(program.info.sha256),
  };
}

/** The first byte turned over, and that of the first of a list. */
function turned(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
}

async function reasonOf(parameters: VerifyReceiptParameters): Promise<ReceiptReason | undefined> {
  try {
    await verifyReceipt(parameters);
    return undefined;
  } catch (error) {
    if (error instanceof ReceiptError) return error.reason;
    throw error;
  }
}

describe("market/receipt", () => {
  it("takes an honest receipt, also from its file, and of a free call", async () => {
    const file = await answered();
    expect(await reasonOf({ ...file, service: 7n })).to.equal(undefined);
    expect(await reasonOf({ ...decodeReceiptFile(encodeReceiptFile(file)), service: 7n })).to.equal(
      undefined,
    );
    const free = await answered({ channel: new Uint8Array(32), lane: 0, amount: 0n });
    expect(await reasonOf({ ...free, service: 7n })).to.equal(undefined);
  });

  const changes: [
    what: string,
    reason: ReceiptReason,
    change: (file: ReceiptFile) => Partial<VerifyReceiptParameters>,
  ][] = [
    ["another service asked", "service", () => ({ service: 8n })],
    ["an item more", "items", ({ items }) => ({ items: [...items, items[0]!] })],
    ["an item less", "items", ({ items }) => ({ items: items.slice(1) })],
    ["an answer less", "items", ({ outputs }) => ({ outputs: outputs.slice(1) })],
    ["another item", "input_root", ({ items }) => ({ items: [turned(items[0]!), ...items.slice(1)] })],
    ["items in another order", "input_root", ({ items }) => ({ items: items.toReversed() })],
    ["another salt", "call_hash", ({ salt }) => ({ salt: turned(salt) })],
    [
      "another answer",
      "output_root",
      ({ outputs }) => ({ outputs: [outputs[0]!.map((v) => v ^ 1), ...outputs.slice(1)] }),
    ],
    ["answers in another order", "output_root", ({ outputs }) => ({ outputs: outputs.toReversed() })],
    ["another chain", "signature", () => ({ chainId: "other-1" })],
    [
      "another serving key",
      "signature",
      () => ({ servingKey: fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a") }),
    ],
    ["a key that is none", "signature", () => ({ servingKey: new Uint8Array(32) })],
    [
      "another signature",
      "signature",
      ({ receipt }) => ({ receipt: { ...receipt, signature: turned(receipt.signature) } }),
    ],
    [
      "a short signature",
      "signature",
      ({ receipt }) => ({ receipt: { ...receipt, signature: receipt.signature.slice(1) } }),
    ],
    [
      "another amount",
      "signature",
      ({ receipt }) => ({ receipt: { ...receipt, amount: receipt.amount + 1n } }),
    ],
    ["another lane", "signature", ({ receipt }) => ({ receipt: { ...receipt, lane: receipt.lane + 1 } })],
    [
      "another channel",
      "signature",
      ({ receipt }) => ({ receipt: { ...receipt, channel: turned(receipt.channel) } }),
    ],
  ];
  for (const [what, reason, change] of changes) {
    it(`refuses a receipt with ${what}`, async () => {
      const file = await answered();
      expect(await reasonOf({ ...file, service: 7n, ...change(file) })).to.equal(reason);
    });
  }

  const lies: [reason: ReceiptReason, change: Partial<Receipt>][] = [
    ["service", { service: 8n }],
    ["items", { items: 99 }],
    ["input_root", { inputRoot: filled(2) }],
    ["call_hash", { callHash: filled(2) }],
    ["output_root", { outputRoot: filled(2) }],
  ];
  for (const [reason, change] of lies) {
    it(`refuses a receipt that was signed with a wrong ${reason}`, async () => {
      expect(await reasonOf({ ...(await answered(change)), service: 7n })).to.equal(reason);
    });
  }

  it("finds all answers of the model right", async () => {
    expect(rerunReceipt(program, await answered())).to.equal(undefined);
  });

  it("finds the first answer that is not the model's, by a single bit", async () => {
    const file = await answered();
    const last = file.outputs.length - 1;
    const outputs = file.outputs.map((output, i) =>
      i === last ? output.map((v, j) => (j === output.length - 1 ? v ^ 1 : v)) : output,
    );
    expect(rerunReceipt(program, { ...file, outputs })).to.deep.equal({
      index: last,
      expected: file.outputs[last],
      answered: outputs[last],
    });
    const all = file.outputs.map((output) => output.map((v) => v + 1));
    expect(rerunReceipt(program, { ...file, outputs: all })?.index).to.equal(0);
    const long = file.outputs.map((output) => Int32Array.of(...output, 0));
    expect(rerunReceipt(program, { ...file, outputs: long })?.answered).to.deep.equal(long[0]);
    const short = file.outputs.map((output) => output.slice(1));
    expect(rerunReceipt(program, { ...file, outputs: short })?.index).to.equal(0);
  });

  it("does not compare what cannot be compared", async () => {
    const file = await answered();
    const reason = (change: Partial<ReceiptFile>): ReceiptReason => {
      try {
        rerunReceipt(program, { ...file, ...change });
      } catch (error) {
        if (error instanceof ReceiptError) return error.reason;
        throw error;
      }
      throw new Error("it was compared");
    };
    expect(reason({ model: filled(1) })).to.equal("model");
    expect(reason({ model: new Uint8Array() })).to.equal("model");
    expect(reason({ outputs: [] })).to.equal("items");
    expect(reason({ items: file.items.map((item) => item.slice(1)) })).to.equal("item_size");
  });
});
