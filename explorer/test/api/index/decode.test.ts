import { expect } from "chai";
import protobuf from "protobufjs";
import "protobufjs/ext/descriptor.js";
import { toBech32 } from "@cosmjs/encoding";
import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { MsgExec } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import { MsgCreateValidator } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { addressBytes } from "@assay/client/address";
import { createRegistry } from "@assay/client/registry";
import { createDecoder, type Json } from "../../../api/index/decode.ts";
import { recordedDecoder, recordedDescriptors } from "./history.ts";

const ALICE = "assay17k2hp54w6tgxfylhz6d4ryyxgvq8tvcrgrl2hk";
const BOB = "assay1mqql2mdkzwgeza0zajjf897jsrc58e6vxwfzg3";

describe("index/decode", function () {
  this.timeout(30_000);

  let root: protobuf.Root;
  before(() => {
    root = protobuf.Root.fromDescriptor(recordedDescriptors(), { keepCase: true });
  });

  it("decodes every message that can be in a transaction, every field filled", () => {
    const decoder = recordedDecoder();
    const messages = decoder.typeUrls.filter((url) => /\.Msg\w+$/.test(url) && !url.endsWith("Response"));
    expect(messages.length).to.be.greaterThan(80);
    for (const typeUrl of messages) {
      const type = root.lookupType(typeUrl.slice(1));
      const bytes = type.encode(type.fromObject(filled(type, 3))).finish();
      const json = decoder.decode(typeUrl, bytes);
      expect(json, typeUrl).to.be.an("object");
      // Of alternatives only one can be there.
      const names = type.fieldsArray
        .filter(({ partOf }) => !partOf || partOf.name.startsWith("_"))
        .map(({ name }) => name);
      expect(Object.keys(json as object), typeUrl).to.include.members(names);
      expect(JSON.parse(JSON.stringify(json)), typeUrl).to.deep.equal(json);
    }
  });

  it("decodes every other type", () => {
    const decoder = recordedDecoder();
    expect(decoder.typeUrls.length).to.be.greaterThan(1_000);
    for (const typeUrl of decoder.typeUrls) {
      // Of an older protobuf, with fields that must be there.
      if (root.lookupType(typeUrl.slice(1)).fieldsArray.some(({ required }) => required)) continue;
      const json = decoder.decode(typeUrl, new Uint8Array());
      expect(json, typeUrl).to.be.an("object");
    }
  });

  it("knows every message that the client can send", () => {
    const decoder = recordedDecoder();
    const registry = createRegistry();
    const ours = decoder.typeUrls.filter(
      (url) => /^\/assay\.\w+\.v1\.Msg/.test(url) && !url.endsWith("Response"),
    );
    expect(ours).to.have.lengthOf(38);
    for (const typeUrl of ours) expect(registry.lookupType(typeUrl), typeUrl).not.to.equal(undefined);
  });

  it("shows values as people write them", () => {
    const decoder = recordedDecoder();
    const bytes = MsgCreateValidator.encode(
      MsgCreateValidator.fromPartial({
        commission: { rate: "100000000000000000", maxRate: "1000000000000000000", maxChangeRate: "1" },
        minSelfDelegation: "1",
        pubkey: { typeUrl: "/cosmos.crypto.ed25519.PubKey", value: Uint8Array.of(10, 2, 171, 205) },
        value: { denom: "uassay", amount: "5" },
      }),
    ).finish();
    expect(decoder.decode("/cosmos.staking.v1beta1.MsgCreateValidator", bytes)).to.deep.include({
      commission: { rate: "0.1", max_rate: "1", max_change_rate: "0.000000000000000001" },
      pubkey: { "@type": "/cosmos.crypto.ed25519.PubKey", key: { hex: "abcd" } },
      value: { denom: "uassay", amount: "5" },
    });
    const timestamp = protobuf.Writer.create()
      .uint32(8)
      .int64(1_700_000_000)
      .uint32(16)
      .int32(5_000_000)
      .finish();
    const period = Buffer.concat([Buffer.from([0x12, timestamp.length]), timestamp]);
    const grant = Buffer.concat([Buffer.from([0x1a, period.length]), period]);
    expect(decoder.decode("/cosmos.authz.v1beta1.MsgGrant", grant)).to.deep.include({
      grant: { authorization: null, expiration: "2023-11-14T22:13:20.005Z" },
    });
  });

  it("decodes messages inside of messages, and says of strangers only their bytes", () => {
    const send = MsgSend.encode(MsgSend.fromPartial({ fromAddress: ALICE })).finish();
    const exec = MsgExec.fromPartial({
      grantee: BOB,
      msgs: [
        { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value: send },
        { typeUrl: "/nobody.knows.Msg", value: Uint8Array.of(1) },
        { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value: Uint8Array.of(255) },
      ],
    });
    expect(
      recordedDecoder().decode("/cosmos.authz.v1beta1.MsgExec", MsgExec.encode(exec).finish()),
    ).to.deep.equal({
      grantee: BOB,
      msgs: [
        { "@type": "/cosmos.bank.v1beta1.MsgSend", from_address: ALICE, to_address: "", amount: [] },
        { "@type": "/nobody.knows.Msg", value: { hex: "01" } },
        { "@type": "/cosmos.bank.v1beta1.MsgSend", value: { hex: "ff" } },
      ],
    });
    expect(recordedDecoder().decode("/nobody.knows.Msg", send)).to.equal(undefined);
    expect(recordedDecoder().decode("", send)).to.equal(undefined);
  });

  it("bounds what hostile bytes can become", () => {
    const decoder = recordedDecoder();
    // Two bytes each that would become an object with many fields.
    const empties = Buffer.alloc(1_000_000, Buffer.from([0x0a, 0x00]));
    const wide = decoder.decode("/cosmos.staking.v1beta1.QueryValidatorsResponse", empties);
    expect(JSON.stringify(wide).length).to.be.lessThan(10_000_000);
    let nested: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 200; depth++) {
      nested = MsgExec.encode(
        MsgExec.fromPartial({ msgs: [{ typeUrl: "/cosmos.authz.v1beta1.MsgExec", value: nested }] }),
      ).finish();
    }
    expect(depthOf(decoder.decode("/cosmos.authz.v1beta1.MsgExec", nested))).to.be.lessThan(100);
    for (const bytes of [
      Uint8Array.of(10),
      Uint8Array.of(10, 255, 255, 255, 255, 15),
      Buffer.alloc(100, 0x0b),
    ]) {
      expect(decoder.decode("/cosmos.bank.v1beta1.MsgSend", bytes)).to.equal(undefined);
    }
  });

  it("tells who signs, by the option of each message", () => {
    const decoder = recordedDecoder();
    const send = MsgSend.encode(MsgSend.fromPartial({ fromAddress: ALICE, toAddress: BOB })).finish();
    expect(decoder.signers("/cosmos.bank.v1beta1.MsgSend", send)).to.deep.equal([ALICE]);
    const multi = MsgMultiSend.fromPartial({ inputs: [{ address: BOB }], outputs: [{ address: ALICE }] });
    expect(
      decoder.signers("/cosmos.bank.v1beta1.MsgMultiSend", MsgMultiSend.encode(multi).finish()),
    ).to.deep.equal([BOB]);
    const operator = toBech32("assayvaloper", addressBytes(BOB));
    const create = MsgCreateValidator.encode(
      MsgCreateValidator.fromPartial({ validatorAddress: operator }),
    ).finish();
    expect(decoder.signers("/cosmos.staking.v1beta1.MsgCreateValidator", create)).to.deep.equal([BOB]);
    const text = MsgSend.encode(MsgSend.fromPartial({ fromAddress: "<script>" })).finish();
    expect(decoder.signers("/cosmos.bank.v1beta1.MsgSend", text)).to.deep.equal([]);
    expect(decoder.signers("/nobody.knows.Msg", send)).to.deep.equal([]);
    expect(decoder.signers("/cosmos.bank.v1beta1.MsgSend", Uint8Array.of(10, 9))).to.deep.equal([]);
  });

  it("refuses what are no descriptors", () => {
    expect(() => createDecoder(Uint8Array.of(10, 200))).to.throw("descriptors");
    expect(createDecoder(new Uint8Array()).typeUrls).to.deep.equal([]);
  });
});

/** An object with every field of a type, as protobufjs takes it. */
function filled(type: protobuf.Type, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    type.fieldsArray
      .filter((field) => !(field.resolve().resolvedType instanceof protobuf.Type) || depth > 0)
      .map((field) => {
        const value = valueOf(field, depth);
        if (field instanceof protobuf.MapField) return [field.name, { 1: value }];
        return [field.name, field.repeated ? [value, value] : value];
      }),
  );
}

function valueOf(field: protobuf.Field, depth: number): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return filled(resolvedType, depth - 1);
  if (resolvedType instanceof protobuf.Enum) return Object.values(resolvedType.values).at(-1);
  if (field.type === "bytes") return Buffer.from([1, 2, 255]);
  if (field.type === "string") return "text";
  return field.type === "bool" ? true : 7;
}

function depthOf(json: Json | undefined): number {
  if (typeof json !== "object" || json === null) return 0;
  return 1 + Math.max(0, ...Object.values(json).map((value: Json) => depthOf(value)));
}
