import { IntOnnxError } from "./errors.ts";

/** Wire types of protobuf that the profile knows. */
export const VARINT = 0;
export const BYTES = 2;
export const FIXED32 = 5;

/** One field of a protobuf message. */
export interface Field {
  readonly id: number;
  readonly type: number;
  /** Of a varint the int64 (see {@link Reader.varint}), of a 32-bit field its bits, unsigned; else 0. */
  readonly value: number;
  /** Content of a length-delimited field; else empty. */
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Walks over the fields of one protobuf message. It is stricter than protobuf asks for, so that no two parsers can
 * read one file in two ways: a singular field may appear once, varints are as short as possible, groups do not exist.
 */
export class Reader {
  /** Name of the ONNX message, for errors. */
  readonly #message: string;
  readonly #data: Uint8Array;
  #at = 0;
  readonly #seen = new Set<number>();

  constructor(message: string, data: Uint8Array) {
    this.#message = message;
    this.#data = data;
  }

  /** The fields in the order of the file. */
  *[Symbol.iterator](): Generator<Field, void, undefined> {
    while (this.#at < this.#data.length) yield this.#next();
  }

  #next(): Field {
    const tag = this.#varint();
    if (tag >= 0 && tag < 8) throw this.#malformed("field 0");
    // ONNX has no field number above 63. A negative tag is one of 64 bits.
    if (tag < 0 || tag >= 64 * 8) throw this.#outside("a field number above 63");
    const id = tag >> 3;
    const type = tag & 7;
    switch (type) {
      case VARINT:
        return { id, type, value: this.#varint(), bytes: NOTHING };
      case FIXED32: {
        const [a, b, c, d] = this.#take(id, 4) as unknown as [number, number, number, number];
        return { id, type, value: (a | (b << 8) | (c << 16) | (d << 24)) >>> 0, bytes: NOTHING };
      }
      case BYTES:
        return { id, type, value: 0, bytes: this.#take(id, this.#varint()) };
      default:
        throw this.#malformed(`field ${id} has the unexpected wire type ${type}`);
    }
  }

  #take(id: number, size: number): Uint8Array {
    if (size < 0 || size > this.#data.length - this.#at) throw this.#malformed(`field ${id} is truncated`);
    this.#at += size;
    return this.#data.subarray(this.#at - size, this.#at);
  }

  /**
   * Reads a varint as int64. Beyond ±2^53 the result is rounded, which never carries it into a range that anything
   * in the profile allows.
   */
  #varint(): number {
    let low = 0; // bits 0 to 27
    let middle = 0; // bits 28 to 55
    let high = 0; // bits 56 to 63
    for (let i = 0; i < 10; i++) {
      const byte = this.#data[this.#at + i];
      if (byte === undefined) break;
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i < 8) middle |= bits << (7 * (i - 4));
      else high |= bits << (7 * (i - 8));
      if (byte < 0x80) {
        if ((byte === 0 && i > 0) || high > 0xff) break;
        this.#at += i + 1;
        return ((high << 24) >> 24) * 2 ** 56 + middle * 2 ** 28 + low;
      }
    }
    throw this.#malformed("a varint is truncated, longer than needed or above 64 bits");
  }

  expect(field: Field, type: number): void {
    if (field.type !== type)
      throw this.#malformed(`field ${field.id} has wire type ${field.type}, expected ${type}`);
  }

  /** Marks a singular field and refuses it the second time. */
  #once(field: Field, type: number): void {
    if (this.#seen.has(field.id)) throw this.#malformed(`field ${field.id} is given twice`);
    this.#seen.add(field.id);
    this.expect(field, type);
  }

  /** A singular integer; see {@link Field.value}. */
  integer(field: Field): number {
    this.#once(field, VARINT);
    return field.value;
  }

  /** The bits of a singular float. */
  float(field: Field): number {
    this.#once(field, FIXED32);
    return field.value;
  }

  /** A singular message or byte string. */
  bytes(field: Field): Uint8Array {
    this.#once(field, BYTES);
    return field.bytes;
  }

  /** A singular string. */
  text(field: Field): string {
    this.#once(field, BYTES);
    return this.textEntry(field);
  }

  /** One entry of a repeated string. */
  textEntry(field: Field): string {
    this.expect(field, BYTES);
    try {
      return utf8.decode(field.bytes);
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw this.#malformed(`field ${field.id} is not UTF-8`);
    }
  }

  /** One entry of a repeated message. */
  entry(field: Field): Uint8Array {
    this.expect(field, BYTES);
    return field.bytes;
  }

  /** Values of a repeated integer, packed or not. */
  *integers(field: Field): Generator<number, void, undefined> {
    if (field.type === VARINT) {
      yield field.value;
      return;
    }
    const packed = new Reader(this.#message, this.entry(field));
    while (packed.#at < packed.#data.length) yield packed.#varint();
  }

  /** One StringStringEntryProto, which the profile has no use for. */
  metadata(field: Field): void {
    const reader = new Reader("StringStringEntryProto", this.entry(field));
    for (const entry of reader) {
      if (entry.id > 2) throw reader.unknown(entry);
      reader.text(entry);
    }
  }

  unknown(field: Field): IntOnnxError {
    return this.#outside(`field ${field.id}`);
  }

  #outside(what: string): IntOnnxError {
    return new IntOnnxError("forbidden", undefined, `${this.#message}: ${what} is not part of the profile`);
  }

  #malformed(what: string): IntOnnxError {
    return new IntOnnxError("malformed", undefined, `${this.#message}: ${what}`);
  }
}
