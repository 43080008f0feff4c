import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as errors from "../src/errors.ts";
import { isMarketplaceError, MARKETPLACE_ERRORS } from "../src/marketplaceErrors.ts";
import { isPoiError, POI_ERRORS } from "../src/poiErrors.ts";

const root = new Error("connect ECONNREFUSED");
const refusal = {
  stage: "check",
  code: 13,
  codespace: "sdk",
  log: "got: 0uassay required: 5uassay",
  hash: "AB",
} as const;

describe("errors", () => {
  it("walk finds the root cause, or the first that satisfies a predicate", () => {
    const middle = new errors.ChainUnreachableError("http://127.0.0.1:1", root);
    const outer = new errors.SenderStoppedError(middle);
    expect(outer.walk()).to.equal(root);
    expect(outer.walk((error) => error instanceof errors.ChainUnreachableError)).to.equal(middle);
    expect(outer.walk((error) => error instanceof errors.SenderStoppedError)).to.equal(outer);
    expect(outer.walk((error) => error instanceof errors.RpcError)).to.equal(undefined);
    const alone = new errors.SenderStoppedError();
    expect(alone.walk()).to.equal(alone);
  });

  const texts: [errors.AssayError, string][] = [
    [
      new errors.ChainUnreachableError("http://127.0.0.1:1", root),
      "No node answers at http://127.0.0.1:1. Is it running, and is this its RPC address?",
    ],
    [
      new errors.WrongChainIdError("http://127.0.0.1:1", "assay-local-1", "other-1"),
      'http://127.0.0.1:1 is a node of chain "other-1", not of "assay-local-1". Change the RPC address or the chain id.',
    ],
    [
      new errors.RpcTimeoutError("http://127.0.0.1:1", "status", 50),
      'http://127.0.0.1:1 did not answer "status" within 50 ms. Try again, or raise timeoutMs.',
    ],
    [
      new errors.AccountNotFoundError("assay1x"),
      "Account assay1x does not exist on the chain. Send it some tokens first.",
    ],
    [
      new errors.TxFailedError({
        ...refusal,
        stage: "deliver",
        code: 6,
        codespace: "poi",
        log: "slot 3: wrong phase",
      }),
      "Transaction refused (in a block, poi code 6): slot 3: wrong phase",
    ],
    [
      new errors.TxFailedError({ stage: "simulate", log: "slot 3: wrong phase" }),
      "Transaction refused (in simulation): slot 3: wrong phase",
    ],
    [
      new errors.FeeTooLowError(refusal),
      "The node wants a higher fee: got: 0uassay required: 5uassay. Raise gasPrice.",
    ],
    [
      new errors.InsufficientFundsError("assay1x", {
        ...refusal,
        log: "spendable balance 5uassay is smaller than 7uassay: insufficient funds",
      }),
      "assay1x needs 7uassay but can spend 5uassay. Send the difference to that address.",
    ],
    [
      new errors.InsufficientFundsError("assay1x", { ...refusal, log: "insufficient funds" }),
      "assay1x has too little to spend: insufficient funds. Send tokens to that address.",
    ],
    [
      new errors.TxTimeoutError("AB", "up to height 9"),
      "Transaction AB was in no block up to height 9 and has expired; nothing changed, send it again.",
    ],
  ];
  for (const [error, text] of texts) {
    it(`${error.name} says what happened and what to do`, () => {
      expect(error.message).to.equal(text);
      expect(error).to.be.instanceOf(errors.AssayError);
    });
  }

  for (const [module, known] of [
    ["poi", POI_ERRORS],
    ["marketplace", MARKETPLACE_ERRORS],
  ] as const) {
    it(`knows the errors of x/${module} by the codes and texts the chain has for them`, () => {
      const file = new URL(`../../chain/x/${module}/types/errors.go`, import.meta.url);
      const registered = readFileSync(file, "utf8").matchAll(/Register\(ModuleName, (\d+), "(.*)"\)/g);
      const chain = [...registered].map(([, code, text]) => ({ code: Number(code), text }));
      expect(chain).to.have.length.greaterThan(10);
      expect(Object.values(known)).to.deep.equal(chain);
    });
  }

  it("tells a module's errors from another's, and by their text where a node gives no code", () => {
    const { code, text } = MARKETPLACE_ERRORS.counter;
    const refused = (codespace: string) =>
      new errors.TxFailedError({ ...refusal, code, codespace, log: `expected 3, got 2: ${text}` });
    expect(isMarketplaceError(refused("marketplace"), "counter")).to.equal(true);
    expect(isMarketplaceError(refused("poi"), "counter")).to.equal(false);
    expect(isPoiError(refused("poi"), "notBonded")).to.equal(false);
    const simulated = new errors.TxFailedError({ stage: "simulate", log: `expected 3, got 2: ${text}` });
    expect(isMarketplaceError(simulated, "counter")).to.equal(true);
    expect(isMarketplaceError(simulated, "grace")).to.equal(false);
    expect(isMarketplaceError(root, "counter")).to.equal(false);
  });
});
