import type { Json } from "../../wire/chain.ts";
import type { Json as Decoded } from "../index/decode.ts";
import { cleanText } from "../text.ts";

const TEXT_LENGTH = 1_000;
const KEY_LENGTH = 100;
const LIST_LENGTH = 100;
const DEPTH = 16;
/** Bytes up to this many are given in full: hashes, keys, signatures. */
const BYTES = 64;
const FIRST_BYTES = 32;

/**
 * Makes decoded JSON fit to be sent and shown: texts cleaned and cut, long bytes cut to their beginning and size, ends
 * of long lists left out and counted. One budget of values spans everything that goes into one answer.
 */
export class Shortener {
  #left: number;

  /** @param values how many values (texts, numbers, lists, objects) are passed on in all. */
  constructor(values: number) {
    this.#left = values;
  }

  shorten(value: Decoded, depth = 0): Json {
    this.#left--;
    if (typeof value === "string") return cleanText(value, TEXT_LENGTH);
    if (typeof value !== "object" || value === null) return value;
    if (isList(value)) return this.#list(value, depth);
    const bytes = bytesOf(value);
    if (bytes !== undefined) return shortBytes(bytes);
    const entries = Object.entries(value);
    if (depth >= DEPTH || this.#left < 0) return { omitted: entries.length };
    return Object.fromEntries(
      entries.map(([key, entry]) => [cleanText(key, KEY_LENGTH), this.shorten(entry, depth + 1)]),
    );
  }

  #list(list: readonly Decoded[], depth: number): Json {
    const shown: Json[] = [];
    for (const entry of depth < DEPTH ? list.slice(0, LIST_LENGTH) : []) {
      if (this.#left < 0) break;
      shown.push(this.shorten(entry, depth + 1));
    }
    const omitted = list.length - shown.length;
    return omitted === 0 ? shown : [...shown, { omitted }];
  }
}

// Array.isArray does not narrow read-only lists.
function isList(value: object): value is readonly Decoded[] {
  return Array.isArray(value);
}

/** The hex of a decoded bytes field. */
function bytesOf(value: { readonly [key: string]: Decoded }): string | undefined {
  const { hex } = value;
  return typeof hex === "string" && Object.keys(value).length === 1 ? hex : undefined;
}

function shortBytes(hex: string): Json {
  const size = hex.length / 2;
  return size <= BYTES ? { hex } : { hex: hex.slice(0, 2 * FIRST_BYTES), size };
}
