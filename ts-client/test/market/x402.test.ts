import { fromBase64, fromUtf8, toBase64, toUtf8 } from "@cosmjs/encoding";
import { expect } from "chai";
import { AssayError } from "../../src/errors.ts";
import {
  decodePayment,
  decodePaymentRequired,
  decodePaymentResponse,
  decodeReceipt,
  decodeReceiptFile,
  decodeSalt,
  encodePayment,
  encodePaymentRequired,
  encodePaymentResponse,
  encodeReceipt,
  encodeReceiptFile,
  encodeSalt,
  MAX_HEADER_CHARS,
  paymentRequiredBody,
  X402Error,
  type Payment,
  type PaymentRequired,
  type PaymentResponse,
  type ReceiptFile,
  type X402Code,
} from "../../src/market/x402.ts";
import { CHAIN, filled, RECEIPT, VOUCHER } from "./samples.ts";

const ADDRESS = "assay1qyqszqgpqyqszqgpqyqszqgpqyqszqgpjnp7du";

const REQUIRED: PaymentRequired = {
  error: "the voucher is below the last one",
  code: "amount_too_low",
  resource: {
    url: "http://127.0.0.1:8080/v2/models/7/infer",
    description: "Ziffern — digits",
    mimeType: "application/json",
  },
  terms: {
    chainId: CHAIN,
    amount: 300n,
    asset: "uassay",
    payTo: ADDRESS,
    maxTimeoutSeconds: 60,
    service: 7n,
    price: 100n,
    servingKey: filled(0x77),
    model: filled(0x88),
    minDeposit: 1_000_000n,
    graceBlocks: 100,
    lastVoucher: VOUCHER,
  },
};
const PAYMENT: Payment = {
  accepted: { chainId: CHAIN, amount: 300n, asset: "ibc/27394FB092D2ECCD56123C74F36E4C1F", payTo: ADDRESS },
  voucher: VOUCHER,
  salt: filled(0x99, 16),
};
const RESPONSE: PaymentResponse = { chainId: CHAIN, payer: ADDRESS, amount: 300n, callsLeft: 12n };
const SIGNED = { chainId: CHAIN, receipt: RECEIPT };
const FILE: ReceiptFile = {
  chainId: CHAIN,
  receipt: RECEIPT,
  salt: filled(0x99, 16),
  items: [Uint8Array.of(1, 2, 3), Uint8Array.of(0, 255, 128)],
  outputs: [Int32Array.of(-(2 ** 31), 0), Int32Array.of(2 ** 31 - 1, -1)],
  servingKey: filled(0x77),
  model: new Uint8Array(),
};

/** JSON as the tests change it: `at` names a field, a step per dot; `undefined` deletes it. */
function changed(json: string, at: string, value: unknown): string {
  const root: unknown = JSON.parse(json);
  const steps = at.split(".");
  const last = steps.pop() as string;
  const parent = steps.reduce((object, step) => (object as Record<string, unknown>)[step], root);
  (parent as Record<string, unknown>)[last] = value;
  return JSON.stringify(root);
}

function changedHeader(header: string, at: string, value: unknown): string {
  return toBase64(toUtf8(changed(fromUtf8(fromBase64(header)), at, value)));
}

function refused(action: () => unknown): X402Error {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(X402Error).and.instanceOf(AssayError);
    return error as X402Error;
  }
  throw new Error("nothing was refused");
}

describe("market/x402", () => {
  it("reads back what it wrote", () => {
    expect(decodePaymentRequired(encodePaymentRequired(REQUIRED))).to.deep.equal(REQUIRED);
    expect(decodePayment(encodePayment(PAYMENT))).to.deep.equal(PAYMENT);
    expect(decodePaymentResponse(encodePaymentResponse(RESPONSE))).to.deep.equal(RESPONSE);
    expect(decodeReceipt(encodeReceipt(SIGNED))).to.deep.equal(SIGNED);
    expect(decodeReceiptFile(encodeReceiptFile(FILE))).to.deep.equal(FILE);
    expect(decodeSalt(encodeSalt(FILE.salt))).to.deep.equal(FILE.salt);
  });

  it("leaves out what is not there", () => {
    const terms = { ...REQUIRED.terms, lastVoucher: undefined, model: new Uint8Array() };
    const first = { ...REQUIRED, code: undefined, terms };
    const back = decodePaymentRequired(encodePaymentRequired(first));
    expect([back.code, back.terms.lastVoucher, back.terms.model.length]).to.deep.equal([
      undefined,
      undefined,
      0,
    ]);
    const response = encodePaymentResponse({ ...RESPONSE, callsLeft: undefined });
    expect(fromUtf8(fromBase64(response))).to.contain('"extensions":{}');
    expect(decodePaymentResponse(response).callsLeft).to.equal(undefined);
  });

  it("writes the fields of the specification", () => {
    expect(paymentRequiredBody(REQUIRED)).to.deep.equal({
      x402Version: 2,
      error: REQUIRED.error,
      code: "amount_too_low",
      resource: REQUIRED.resource,
      accepts: [
        {
          scheme: "batch-settlement",
          network: "cosmos:assay-local-1",
          amount: "300",
          asset: "uassay",
          payTo: ADDRESS,
          maxTimeoutSeconds: 60,
          extra: {
            version: 1,
            service: "7",
            price: "100",
            servingKey: "77".repeat(32),
            model: "88".repeat(32),
            minDeposit: "1000000",
            graceBlocks: 100,
            lastVoucher: {
              channel: "11".repeat(32),
              lane: 63,
              amount: "18446744073709551615",
              callHash: "22".repeat(32),
              signature: "33".repeat(64),
            },
          },
        },
      ],
    });
    expect(JSON.parse(fromUtf8(fromBase64(encodePayment(PAYMENT))))).to.deep.equal({
      x402Version: 2,
      accepted: {
        scheme: "batch-settlement",
        network: "cosmos:assay-local-1",
        amount: "300",
        asset: PAYMENT.accepted.asset,
        payTo: ADDRESS,
      },
      payload: {
        channel: "11".repeat(32),
        lane: 63,
        amount: "18446744073709551615",
        callHash: "22".repeat(32),
        signature: "33".repeat(64),
        salt: "99".repeat(16),
      },
    });
    expect(JSON.parse(fromUtf8(fromBase64(encodePaymentResponse(RESPONSE))))).to.deep.equal({
      success: true,
      transaction: "",
      network: "cosmos:assay-local-1",
      payer: ADDRESS,
      amount: "300",
      extensions: { callsLeft: "12" },
    });
    expect(JSON.parse(fromUtf8(fromBase64(encodeReceipt(SIGNED))))).to.deep.equal({
      version: 1,
      chainId: CHAIN,
      service: "7",
      channel: "11".repeat(32),
      lane: 63,
      amount: "18446744073709551615",
      callHash: "22".repeat(32),
      items: 2,
      inputRoot: "44".repeat(32),
      outputRoot: "55".repeat(32),
      signature: "66".repeat(64),
    });
    const file = JSON.parse(encodeReceiptFile(FILE)) as Record<string, unknown>;
    expect(file.kind).to.equal("assay/receipt/v1");
    expect(file.items).to.deep.equal(["AQID", "AP+A"]);
    expect(file.outputs).to.deep.equal([
      [-2147483648, 0],
      [2147483647, -1],
    ]);
  });

  it("takes the first of its own ways to pay, and ignores other fields", () => {
    const json = JSON.parse(fromUtf8(fromBase64(encodePaymentRequired(REQUIRED)))) as { accepts: object[] };
    const [ours] = json.accepts;
    const others = [null, { scheme: "exact", network: "eip155:1" }, { ...ours, network: "eip155:1" }];
    const offer = {
      ...json,
      accepts: [...others, { ...ours, more: 1 }, { ...ours, amount: "1" }],
      extensions: {},
    };
    expect(decodePaymentRequired(toBase64(toUtf8(JSON.stringify(offer))))).to.deep.equal(REQUIRED);
    for (const accepts of [[], others]) {
      const none = toBase64(toUtf8(JSON.stringify({ ...json, accepts })));
      expect(refused(() => decodePaymentRequired(none)).code).to.equal("no_scheme");
    }
  });

  const payment = encodePayment(PAYMENT);
  const bad: [at: string, value: unknown, code?: X402Code][] = [
    ["x402Version", 1, "bad_version"],
    ["x402Version", "2", "bad_version"],
    ["accepted", undefined],
    ["accepted.scheme", "exact"],
    ["accepted.network", CHAIN],
    ["accepted.network", "cosmos:"],
    ["accepted.network", `cosmos:${"x".repeat(51)}`],
    ["accepted.payTo", "assay1 x"],
    ["accepted.asset", "1x"],
    ["payload", []],
    ["payload.channel", "11".repeat(31)],
    ["payload.channel", "1".repeat(63)],
    ["payload.channel", "AA".repeat(32)],
    ["payload.channel", `0x${"11".repeat(31)}`],
    ["payload.channel", `${"11".repeat(32)}\n`],
    ["payload.callHash", undefined],
    ["payload.signature", "33".repeat(63)],
    ["payload.salt", "99".repeat(32)],
    ["payload.lane", 64],
    ["payload.lane", -1],
    ["payload.lane", 0.5],
    ["payload.lane", "0"],
    ["payload.amount", 5],
    ["payload.amount", "-1"],
    ["payload.amount", "+1"],
    ["payload.amount", "01"],
    ["payload.amount", ""],
    ["payload.amount", "1e3"],
    ["payload.amount", "1.0"],
    ["payload.amount", "0x10"],
    ["payload.amount", "18446744073709551616"],
    ["payload.amount", "9".repeat(400)],
    ["payload.amount", null],
  ];
  for (const [at, value, code] of bad) {
    it(`refuses a payment with ${at} ${JSON.stringify(value)?.slice(0, 40)}`, () => {
      const error = refused(() => decodePayment(changedHeader(payment, at, value)));
      expect(error.code).to.equal(code ?? "bad_field");
      expect(error.message).to.contain(`PAYMENT-SIGNATURE is malformed at ${at}`);
    });
  }

  it("refuses what is not base64, not JSON, not an object, or too long", () => {
    const cases: [header: string, code: X402Code][] = [
      ["{}", "bad_base64"],
      ["AAA", "bad_base64"],
      [toBase64(Uint8Array.of(0xff, 0xfe)), "bad_base64"],
      ["", "bad_json"],
      [toBase64(toUtf8("{")), "bad_json"],
      [toBase64(toUtf8("[".repeat(6000))), "bad_json"],
      [toBase64(toUtf8("null")), "bad_field"],
      [toBase64(toUtf8("[]")), "bad_field"],
      ["A".repeat(MAX_HEADER_CHARS + 4), "too_large"],
    ];
    for (const decode of [decodePayment, decodePaymentRequired, decodePaymentResponse, decodeReceipt]) {
      for (const [header, code] of cases) expect(refused(() => decode(header)).code).to.equal(code);
    }
  });

  it("refuses receipts that are not of its version or sizes", () => {
    const receipt = encodeReceipt(SIGNED);
    const cases: [at: string, value: unknown, code?: X402Code][] = [
      ["version", 2, "bad_version"],
      ["items", 0],
      ["items", 2 ** 32],
      ["service", "-1"],
      ["lane", 64],
      ["outputRoot", "55"],
      ["signature", ""],
    ];
    for (const [at, value, code] of cases) {
      expect(refused(() => decodeReceipt(changedHeader(receipt, at, value))).code, at).to.equal(
        code ?? "bad_field",
      );
    }
  });

  it("refuses receipt files that are none", () => {
    const file = encodeReceiptFile(FILE);
    const cases: [at: string, value: unknown, code?: X402Code][] = [
      ["kind", "assay/receipt/v2", "bad_version"],
      ["receipt.version", 2, "bad_version"],
      ["receipt.chainId", "other-1"],
      ["items", []],
      ["items.0", "AQ="],
      ["items.0", "A-ID"],
      ["outputs", []],
      ["outputs.1", []],
      ["outputs.1.0", 2 ** 31],
      ["outputs.1.0", 0.5],
      ["outputs.1.0", null],
      ["model", "88".repeat(31)],
      ["servingKey", ""],
      ["salt", undefined],
    ];
    for (const [at, value, code] of cases) {
      expect(refused(() => decodeReceiptFile(changed(file, at, value))).code, at).to.equal(
        code ?? "bad_field",
      );
    }
    expect(refused(() => decodeReceiptFile("{")).code).to.equal("bad_json");
  });

  it("refuses to write what could not be read", () => {
    const long = { ...REQUIRED, resource: { ...REQUIRED.resource, description: "x".repeat(3000) } };
    expect(refused(() => encodePaymentRequired(long)).message).to.contain(
      "PAYMENT-REQUIRED is malformed at resource.description",
    );
    const amount = 2n ** 64n;
    expect(refused(() => encodePayment({ ...PAYMENT, voucher: { ...VOUCHER, amount } })).code).to.equal(
      "bad_field",
    );
    expect(
      refused(() => encodeReceipt({ chainId: CHAIN, receipt: { ...RECEIPT, channel: filled(0, 31) } })).code,
    ).to.equal("bad_field");
    expect(refused(() => encodeSalt(filled(0, 15))).code).to.equal("bad_field");
    expect(refused(() => decodeSalt("")).code).to.equal("bad_field");
    expect(refused(() => encodeReceiptFile({ ...FILE, outputs: [] })).code).to.equal("bad_field");
  });
});
