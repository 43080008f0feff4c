import { toHex } from "@cosmjs/encoding";
import type { EncodeObject } from "@cosmjs/proto-signing";

/** A message as the review shows it: what will be signed, field by field. */
export interface DescribedMessage {
  /** E.g. "MsgSend". */
  readonly name: string;
  readonly typeUrl: string;
  /** Paths such as `amount[0].denom` with their values; fields without a value are left out. */
  readonly fields: readonly (readonly [path: string, value: string])[];
}

/** Longest run of bytes that is written out. */
const MAX_HEX_BYTES = 64;

export function describeMessage({ typeUrl, value }: EncodeObject): DescribedMessage {
  return { name: typeUrl.split(".").at(-1) ?? typeUrl, typeUrl, fields: [...fieldsOf("", value)] };
}

function* fieldsOf(path: string, value: unknown): Generator<[string, string]> {
  if (value === undefined || value === null || value === "") return;
  if (value instanceof Uint8Array) {
    if (value.length > 0) yield [path, bytesText(value)];
  } else if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* fieldsOf(`${path}[${index}]`, entry);
  } else if (typeof value === "object") {
    for (const [name, entry] of Object.entries(value))
      yield* fieldsOf(path ? `${path}.${name}` : name, entry);
  } else if (["string", "number", "bigint", "boolean"].includes(typeof value)) {
    yield [path, `${value as string | number | bigint | boolean}`];
  }
}

function bytesText(bytes: Uint8Array): string {
  if (bytes.length <= MAX_HEX_BYTES) return toHex(bytes);
  return `${bytes.length} bytes: ${toHex(bytes.subarray(0, 16))}…`;
}
