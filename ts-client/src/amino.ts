/**
 * Amino JSON, the form in which Ledger devices and some wallets show and sign messages. The chain's encoder
 * (x/tx aminojson) derives it from the proto files; here the same rules run over the fields in `aminoFields.ts`, and
 * `testdata/vectors/amino.json`, written by the chain, shows that both agree.
 */
import { fromBase64, toBase64 } from "@cosmjs/encoding";
import {
  createAuthzAminoConverters,
  createBankAminoConverters,
  createDistributionAminoConverters,
  createFeegrantAminoConverters,
  createGovAminoConverters,
  createStakingAminoConverters,
  type AminoConverter,
  type AminoConverters,
} from "@cosmjs/stargate";
import {
  marketplaceFields,
  poiFields,
  type Fields,
  type Kind,
  type ListKind,
  type MessageKind,
} from "./aminoFields.ts";

type Scalar = string | boolean | number | bigint | Uint8Array;
type ProtoValue = Scalar | undefined | readonly ProtoValue[] | ProtoMessage;
interface ProtoMessage {
  readonly [field: string]: ProtoValue;
}
type AminoValue = string | boolean | number | null | readonly AminoValue[] | AminoMessage;
interface AminoMessage {
  readonly [field: string]: AminoValue;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function isList(kind: Kind): kind is ListKind {
  return typeof kind === "object" && "list" in kind;
}

function isMessage(kind: Kind): kind is MessageKind {
  return typeof kind === "object" && "message" in kind;
}

/** Proto3 does not put defaults on the wire, and amino leaves out what is not there. */
function isAbsent(kind: Kind, value: ProtoValue): boolean {
  if (kind === "int") return false;
  if (isList(kind)) return !kind.nullWhenEmpty && (value as readonly ProtoValue[]).length === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  return value === undefined || value === "" || value === 0 || value === 0n || value === false;
}

function toAmino(kind: Kind, value: ProtoValue): AminoValue {
  if (isList(kind)) {
    const list = value as readonly ProtoValue[];
    return kind.nullWhenEmpty && list.length === 0 ? null : list.map((entry) => toAmino(kind.list, entry));
  }
  if (isMessage(kind)) return messageToAmino(kind.message, value as ProtoMessage);
  if (kind === "bytes") return toBase64(value as Uint8Array);
  if (kind === "u64" || kind === "i64") return (value as bigint).toString();
  if (kind === "int") return (value as string) || "0";
  return value as string | boolean | number;
}

function messageToAmino(fields: Fields, message: ProtoMessage): AminoMessage {
  const entries = Object.entries(fields).flatMap(([name, kind]) => {
    const value = message[camelCase(name)];
    return isAbsent(kind, value) ? [] : [[name, toAmino(kind, value)] as const];
  });
  return Object.fromEntries(entries);
}

function defaultOf(kind: Kind): ProtoValue {
  if (isList(kind)) return [];
  if (isMessage(kind)) return messageFromAmino(kind.message, {});
  const defaults = {
    string: "",
    bool: false,
    u32: 0,
    u64: 0n,
    i64: 0n,
    enum: 0,
    bytes: new Uint8Array(),
    int: "0",
  };
  return defaults[kind];
}

function fromAmino(kind: Kind, value: AminoValue): ProtoValue {
  if (isList(kind)) return (value as readonly AminoValue[]).map((entry) => fromAmino(kind.list, entry));
  if (isMessage(kind)) return messageFromAmino(kind.message, value as AminoMessage);
  if (kind === "bytes") return fromBase64(value as string);
  if (kind === "u64" || kind === "i64") return BigInt(value as string);
  return value as string | boolean | number;
}

function messageFromAmino(fields: Fields, message: AminoMessage): ProtoMessage {
  const entries = Object.entries(fields).map(([name, kind]) => {
    const value = message[name];
    return [
      camelCase(name),
      value === undefined || value === null ? defaultOf(kind) : fromAmino(kind, value),
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** `aminoNames` holds the amino names that are not simply "assay/" and the message's. */
function convertersOf(
  messages: Readonly<Record<string, Fields>>,
  typePrefix: string,
  aminoNames: Readonly<Record<string, string>> = {},
): AminoConverters {
  const entries = Object.entries(messages).map(([name, fields]): [string, AminoConverter] => [
    `${typePrefix}.${name}`,
    {
      aminoType: aminoNames[name] ?? `assay/${name}`,
      toAmino: (value: ProtoMessage) => messageToAmino(fields, value),
      fromAmino: (value: AminoMessage) => messageFromAmino(fields, value),
    },
  ]);
  return Object.fromEntries(entries);
}

/** Converters of every message of x/poi, of x/marketplace and of the standard modules a wallet meets. */
export function createAminoConverters(): AminoConverters {
  return {
    ...createAuthzAminoConverters(),
    ...createBankAminoConverters(),
    ...createDistributionAminoConverters(),
    ...createFeegrantAminoConverters(),
    ...createGovAminoConverters(),
    ...createStakingAminoConverters(),
    ...convertersOf(poiFields, "/assay.poi.v1"),
    ...convertersOf(marketplaceFields, "/assay.marketplace.v1", {
      MsgUpdateParams: "assay/marketplace/MsgUpdateParams",
    }),
  };
}
