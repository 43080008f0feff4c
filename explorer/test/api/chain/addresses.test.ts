import { bondScorer, registerModel, sendTokens } from "@assay/client/messages";
import { createRegistry } from "@assay/client/registry";
import { expect } from "chai";
import { MsgExec } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import { namedAccounts } from "../../../api/chain/addresses.ts";
import { blockOf, type TxSpec } from "../support.ts";

const A = "assay1mqql2mdkzwgeza0zajjf897jsrc58e6vxwfzg3";
const B = "assay14mrdc3wamtsruxfuymwjj7ftvwpdwcpeplug25";
const C = "assay1604c62fdstxmvx5a92ze57ytt57urzflyg7r25";
const LONG = `assay1${"q".repeat(58)}`;

function named(spec: TxSpec): string[] {
  const [tx] = blockOf({ height: 1, txs: [spec] }).txs;
  if (!tx) throw new Error("no transaction");
  return [...namedAccounts(tx)].sort();
}

describe("accounts that a transaction names", () => {
  it("are who signed and every address in a message", () => {
    expect(named({ signers: [A], messages: [sendTokens({ from: A, to: B, amount: 1n })] })).to.deep.equal([B, A].sort());
    const tip = new Uint8Array(32).fill(0x61);
    expect(named({ messages: [bondScorer({ operator: B, hotKey: C, tip })] })).to.deep.equal([B, C].sort());
    expect(named({ messages: [sendTokens({ from: LONG, to: B, amount: 1n })] })).to.deep.equal([LONG, B].sort());
  });

  it("are found in messages inside of others", () => {
    const inner = sendTokens({ from: B, to: C, amount: 1n });
    const exec = {
      path: "0",
      typeUrl: "/cosmos.authz.v1beta1.MsgExec",
      value: MsgExec.encode({
        grantee: A,
        msgs: [{ typeUrl: inner.typeUrl, value: createRegistry().encode(inner) }],
      }).finish(),
    };
    expect(named({ messages: [exec] })).to.deep.equal([A, B, C].sort());
  });

  it("are found in attributes of events, JSON or not", () => {
    const attributes = [
      { key: "recipient", value: A },
      { key: "payer", value: `"${B}"` },
      { key: "service", value: `{"provider":"${C}","id":"1"}` },
    ];
    expect(named({ events: [{ type: "any", attributes }] })).to.deep.equal([A, B, C].sort());
  });

  it("are not what free text mentions, nor other kinds of addresses", () => {
    const card = `Written by ${A}. Ask ${B}!`;
    const terms = { licence: "MIT", royaltyBps: 0, parents: [], inferFee: 0n };
    const bytes = new Uint8Array(32);
    const model = registerModel({ owner: C, arena: 1n, salt: bytes, file: bytes, name: "m", card, terms, maxFee: 1n });
    expect(named({ messages: [model], memo: A })).to.deep.equal([C]);
    const attributes = [
      { key: "validator", value: "assayvaloper1mqql2mdkzwgeza0zajjf897jsrc58e6v26t3mg" },
      { key: "upper", value: A.toUpperCase() },
      { key: "longer", value: `${A}q` },
      { key: "within", value: `x${A}` },
    ];
    expect(named({ events: [{ type: "any", attributes }] })).to.deep.equal([]);
  });

  it("are read from hostile bytes without harm", () => {
    const cut = Buffer.from(`${A}`.slice(0, 20));
    const value = Buffer.concat([Buffer.from([0x0a, 44]), cut]);
    expect(named({ messages: [{ path: "0", typeUrl: "/x.y.Z", value }] })).to.deep.equal([]);
    expect(named({ messages: [{ path: "0", typeUrl: "/x.y.Z", value: Buffer.from(A) }] })).to.deep.equal([]);
    expect(named({ messages: [{ path: "0", typeUrl: "/x.y.Z", value: Buffer.alloc(0) }] })).to.deep.equal([]);
  });
});
