import { accountOf } from "@assay/client/address";
import { MalformedResponseError } from "@assay/client/errors";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";

/** JSON of a decoded message: objects and lists of strings, numbers (up to 32 bits), booleans; bytes are `{hex}`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Decodes any message of the chain, by the descriptors the node itself gave. */
export interface Decoder {
  /**
   * The fields of a message by their proto names, nested `Any`s decoded as `{"@type": typeUrl, …}`; undefined for a
   * type nobody described or bytes that are not of it.
   */
  decode(typeUrl: string, bytes: Uint8Array): Json | undefined;
}

/** A decoder that knows what the chain's descriptors say beyond types. */
export interface ChainDecoder extends Decoder {
  /** Type URLs of all messages described, in no order. */
  readonly typeUrls: readonly string[];
  /**
   * Accounts that must sign a message, by its `cosmos.msg.v1.signer` option; one may come twice. Empty for what cannot be read: the chain
   * refused it, too.
   */
  signers(typeUrl: string, bytes: Uint8Array): string[];
}

/** Values, nested ones too, that one message is decoded into at most; what is left of it is cut off. */
const MAX_VALUES = 50_000;
/** Messages within messages. */
const MAX_DEPTH = 32;
/** Extensions of descriptors, by their field numbers. */
const SIGNER = 11_110_000; // cosmos.msg.v1.signer
const CUSTOM_TYPE = 65_003; // gogoproto.customtype
const DEC_DIGITS = 18;
const ADDRESS = /^[a-z]{1,20}1[02-9ac-hj-np-z]{38,58}$/;
const ANY = ".google.protobuf.Any";
const TIMESTAMP = ".google.protobuf.Timestamp";
const DURATION = ".google.protobuf.Duration";

/** A decoder that knows no type, until the node or the database gave descriptors. */
export const emptyDecoder: ChainDecoder = { decode: () => undefined, typeUrls: [], signers: () => [] };

/**
 * Makes a decoder. The types themselves are made when the first message is decoded: that takes half a second.
 *
 * @param files an encoded `FileDescriptorSet`, which is also what `cosmos.reflection.v1` answers.
 *
 * Throws MalformedResponseError when they are none.
 */
export function createDecoder(files: Uint8Array): ChainDecoder {
  return readable(() => {
    const reader = protobuf.Reader.create(files);
    // The options that we look for are extensions.
    reader.discardUnknown = false;
    const set = descriptor.FileDescriptorSet.decode(reader) as unknown as FileDescriptorSet;
    return new ReflectionDecoder(set);
  });
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new MalformedResponseError("the descriptors of its protobuf types cannot be read", error);
  }
}

class ReflectionDecoder implements ChainDecoder {
  readonly #set: FileDescriptorSet;
  readonly #options: Options;
  #made: ReadonlyMap<string, protobuf.Type> | undefined;

  constructor(set: FileDescriptorSet) {
    this.#set = set;
    this.#options = readOptions(set);
  }

  get #types(): ReadonlyMap<string, protobuf.Type> {
    this.#made ??= readable(() => {
      const root = protobuf.Root.fromDescriptor(this.#set as descriptor.IFileDescriptorSet, {
        keepCase: true,
      });
      root.resolveAll();
      return new Map(typesOf(root).map((type) => [type.fullName.slice(1), type]));
    });
    return this.#made;
  }

  get typeUrls(): string[] {
    return [...this.#types.keys()].map((name) => `/${name}`);
  }

  decode(typeUrl: string, bytes: Uint8Array): Json | undefined {
    return this.#decodeAny(typeUrl, bytes, { values: MAX_VALUES }, 0);
  }

  signers(typeUrl: string, bytes: Uint8Array): string[] {
    try {
      const addresses = this.#signerTexts(nameOf(typeUrl), bytes, 0).filter((text) => ADDRESS.test(text));
      // Validators sign with the account that has the bytes of their operator address.
      return addresses.map((address) => (address.includes("valoper1") ? accountOf(address) : address));
    } catch (error) {
      if (error instanceof Error) return [];
      throw error;
    }
  }

  /** What the signer fields of a message hold; a field that is a message names its own. */
  #signerTexts(type: string, bytes: Uint8Array, depth: number): string[] {
    if (depth > MAX_DEPTH) return [];
    return (this.#options.signers.get(type) ?? []).flatMap(({ id, message }) =>
      bytesFields(bytes, id).flatMap((value) =>
        message === "" ? [Buffer.from(value).toString("utf8")] : this.#signerTexts(message, value, depth + 1),
      ),
    );
  }

  #decodeAny(
    typeUrl: string,
    bytes: Uint8Array,
    budget: Budget,
    depth: number,
  ): Record<string, Json> | undefined {
    const type = this.#types.get(nameOf(typeUrl));
    if (!type || depth > MAX_DEPTH) return undefined;
    try {
      return this.#message(type, type.decode(bytes), budget, depth);
    } catch (error) {
      // protobufjs throws Errors and RangeErrors on bytes that are not of the type.
      if (error instanceof Error) return undefined;
      throw error;
    }
  }

  #message(type: protobuf.Type, fields: Fields, budget: Budget, depth: number): Record<string, Json> {
    const json: Record<string, Json> = {};
    for (const field of type.fieldsArray) {
      const value = fields[field.name];
      if (field.partOf && !Object.hasOwn(fields, field.name)) continue;
      json[field.name] = this.#field(field, value, budget, depth);
    }
    return json;
  }

  #field(field: protobuf.Field, value: unknown, budget: Budget, depth: number): Json {
    if (field.repeated) {
      const list: Json[] = [];
      for (const element of value as unknown[]) {
        if (budget.values <= 0) break;
        list.push(this.#value(field, element, budget, depth));
      }
      return list;
    }
    if (field.map) {
      const entries: [string, Json][] = [];
      for (const [key, element] of Object.entries(value as object)) {
        if (budget.values <= 0) break;
        entries.push([key, this.#value(field, element, budget, depth)]);
      }
      return Object.fromEntries(entries);
    }
    return this.#value(field, value, budget, depth);
  }

  #value(field: protobuf.Field, value: unknown, budget: Budget, depth: number): Json {
    budget.values--;
    const { resolvedType } = field;
    if (resolvedType instanceof protobuf.Enum)
      return resolvedType.valuesById[value as number] ?? (value as number);
    if (resolvedType instanceof protobuf.Type) {
      if (value === null || value === undefined || depth >= MAX_DEPTH) return null;
      return this.#nested(resolvedType, value as Fields, budget, depth + 1);
    }
    if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
    if (typeof value === "string") {
      return this.#options.decs.has(`${field.parent?.fullName.slice(1)}.${field.name}`)
        ? decimal(value)
        : value;
    }
    if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
    if (typeof value === "boolean") return value;
    // 64-bit integers.
    return String(value);
  }

  #nested(type: protobuf.Type, fields: Fields, budget: Budget, depth: number): Json {
    switch (type.fullName) {
      case ANY: {
        const { type_url, value } = fields as { type_url: string; value: Uint8Array };
        const decoded = this.#decodeAny(type_url, value, budget, depth);
        return { "@type": type_url, ...(decoded ?? { value: { hex: Buffer.from(value).toString("hex") } }) };
      }
      case TIMESTAMP:
        return timestamp(fields);
      case DURATION:
        return duration(fields);
      default:
        return this.#message(type, fields, budget, depth);
    }
  }
}

function nameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}

type Fields = Readonly<Record<string, unknown>>;

/** Counts down what may still be decoded of one message. */
interface Budget {
  values: number;
}

function typesOf(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((nested) => {
    if (!(nested instanceof protobuf.Namespace)) return [];
    return nested instanceof protobuf.Type ? [nested, ...typesOf(nested)] : typesOf(nested);
  });
}

/** What options of messages and fields say, by full names. */
interface Options {
  signers: ReadonlyMap<string, readonly SignerField[]>;
  /** Fields whose text is a decimal number times 10^18. */
  decs: ReadonlySet<string>;
}

/** A field that names who signs, or is a message (of this type) that does. */
interface SignerField {
  id: number;
  message: string;
}

interface WithUnknowns {
  $unknowns?: readonly Uint8Array[];
}
interface MessageDescriptor {
  name: string;
  options?: WithUnknowns;
  field: readonly { name: string; number: number; typeName: string; options?: WithUnknowns }[];
  nestedType: readonly MessageDescriptor[];
}
interface FileDescriptorSet {
  file: readonly { package: string; messageType: readonly MessageDescriptor[] }[];
}

function readOptions(set: FileDescriptorSet): Options {
  const signers = new Map<string, SignerField[]>();
  const decs = new Set<string>();
  const visit = (message: MessageDescriptor, scope: string): void => {
    const name = scope === "" ? message.name : `${scope}.${message.name}`;
    const names = extension(message.options, SIGNER);
    const fields = message.field.filter((field) => names.includes(field.name));
    if (fields.length > 0) {
      signers.set(
        name,
        fields.map(({ number, typeName }) => ({ id: number, message: typeName.replace(/^\./, "") })),
      );
    }
    for (const { name: field, options } of message.field) {
      if (extension(options, CUSTOM_TYPE).some((type) => type.endsWith(".LegacyDec")))
        decs.add(`${name}.${field}`);
    }
    for (const nested of message.nestedType) visit(nested, name);
  };
  for (const file of set.file) {
    for (const message of file.messageType) visit(message, file.package);
  }
  return { signers, decs };
}

function extension(options: WithUnknowns | undefined, id: number): string[] {
  return (options?.$unknowns ?? []).flatMap((field) =>
    bytesFields(field, id).map((value) => Buffer.from(value).toString("utf8")),
  );
}

/** The values of a field of strings, bytes or messages. Throws on bytes that are no message. */
export function bytesFields(bytes: Uint8Array, id: number): Uint8Array[] {
  const values: Uint8Array[] = [];
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((id << 3) | 2)) values.push(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return values;
}

/** Texts of a `LegacyDec` are integers with 18 digits behind the point. */
function decimal(text: string): string {
  if (!/^-?\d{1,100}$/.test(text)) return text;
  const sign = text.startsWith("-") ? "-" : "";
  const digits = text.slice(sign.length).padStart(DEC_DIGITS + 1, "0");
  const fraction = digits.slice(-DEC_DIGITS).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -DEC_DIGITS)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** ISO 8601, or seconds since 1970 for times that have no such form. */
function timestamp({ seconds, nanos }: Fields): string {
  const ms = Number(String(seconds)) * 1_000 + Math.floor(Number(nanos) / 1_000_000);
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${String(seconds)}s`;
}

/** Like "3.5s". */
function duration({ seconds, nanos }: Fields): string {
  const fraction = String(Math.abs(Number(nanos)))
    .padStart(9, "0")
    .replace(/0+$/, "");
  const whole = String(seconds);
  const sign = Number(nanos) < 0 && !whole.startsWith("-") ? "-" : "";
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}s`;
}
