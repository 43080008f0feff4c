import { fromHex, toHex } from "@cosmjs/encoding";
import { expect } from "chai";
import {
  callHash,
  channelId,
  DOMAIN,
  inputRoot,
  outputRoot,
  receiptDigest,
  voucherDigest,
} from "../../src/market/bytes.ts";
import { DOMAIN as POI, preimage, text, u32, u64 } from "../../src/protocol/hash.ts";
import vectors from "../../../testdata/vectors/market.json" with { type: "json" };
import { CHAIN, RECEIPT, VOUCHER } from "./samples.ts";

const { chainId, bytes } = vectors;

describe("market/bytes", () => {
  it("has a domain of its own for every use", () => {
    const domains = [...Object.values(DOMAIN), ...Object.values(POI)];
    expect(new Set(domains).size).to.equal(domains.length);
  });

  it("names channels as in the vectors", () => {
    for (const { payer, n, id, preimage: written } of bytes.channels) {
      expect(toHex(channelId(chainId, fromHex(payer), BigInt(n)))).to.equal(id);
      const parts = [text(chainId), fromHex(payer), u64(BigInt(n))];
      expect(toHex(preimage(DOMAIN.channel, parts))).to.equal(written);
    }
  });

  it("commits to calls as in the vectors", () => {
    for (const { salt, service, inputRoot: root, callHash: hash, preimage: written } of bytes.calls) {
      expect(toHex(callHash(fromHex(salt), BigInt(service), fromHex(root)))).to.equal(hash);
      expect(toHex(preimage(DOMAIN.call, [fromHex(salt), u64(BigInt(service)), fromHex(root)]))).to.equal(
        written,
      );
    }
  });

  it("digests vouchers as in the vectors", () => {
    for (const { channel, lane, amount, callHash: call, digest, preimage: written } of bytes.vouchers) {
      const voucher = { channel: fromHex(channel), lane, amount: BigInt(amount), callHash: fromHex(call) };
      expect(toHex(voucherDigest(chainId, voucher))).to.equal(digest);
      const parts = [
        text(chainId),
        voucher.channel,
        Uint8Array.of(lane),
        u64(voucher.amount),
        voucher.callHash,
      ];
      expect(toHex(preimage(DOMAIN.voucher, parts))).to.equal(written);
    }
  });

  it("digests receipts as in the vectors", () => {
    for (const { digest, preimage: written, ...row } of bytes.receipts) {
      const receipt = {
        service: BigInt(row.service),
        channel: fromHex(row.channel),
        lane: row.lane,
        amount: BigInt(row.amount),
        callHash: fromHex(row.callHash),
        items: row.items,
        inputRoot: fromHex(row.inputRoot),
        outputRoot: fromHex(row.outputRoot),
      };
      expect(toHex(receiptDigest(chainId, receipt))).to.equal(digest);
      const parts = [
        text(chainId),
        u64(receipt.service),
        receipt.channel,
        Uint8Array.of(receipt.lane),
        u64(receipt.amount),
        receipt.callHash,
        u32(receipt.items),
        receipt.inputRoot,
        receipt.outputRoot,
      ];
      expect(toHex(preimage(DOMAIN.receipt, parts))).to.equal(written);
    }
  });

  it("takes the roots of the vectors", () => {
    for (const { items, inputRoot: asked, outputs, outputRoot: answered } of bytes.roots) {
      expect(toHex(inputRoot(items.map(fromHex)))).to.equal(asked);
      expect(toHex(outputRoot(outputs.map((values) => Int32Array.from(values))))).to.equal(answered);
    }
  });

  it("does not sign the signature", () => {
    const other = new Uint8Array(64);
    expect(voucherDigest(CHAIN, { ...VOUCHER, signature: other } as typeof VOUCHER)).to.deep.equal(
      voucherDigest(CHAIN, VOUCHER),
    );
  });

  it("refuses what does not fit", () => {
    expect(() => voucherDigest(CHAIN, { ...VOUCHER, lane: 256 })).to.throw("256 is not a u8");
    expect(() => voucherDigest(CHAIN, { ...VOUCHER, lane: 0.5 })).to.throw("not a u8");
    expect(() => voucherDigest(CHAIN, { ...VOUCHER, amount: 2n ** 64n })).to.throw("not a u64");
    expect(() => receiptDigest(CHAIN, { ...RECEIPT, items: -1 })).to.throw("not a u32");
    expect(() => channelId(CHAIN, new Uint8Array(20), -1n)).to.throw("not a u64");
  });
});
