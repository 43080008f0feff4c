/** What the fields of forms are checked with: from the text that somebody typed to the value a message takes. */
import { fromBech32, fromHex } from "@cosmjs/encoding";
import { z } from "zod";
import { AmountError, parseIn, type Unit } from "./units.ts";

const U64_MAX = 2n ** 64n - 1n;

/** A text that is read by a function that throws an error of `Refusal` with a message for the user. */
function readBy<T>(read: (text: string) => T, Refusal: new (...args: never[]) => Error = RangeError) {
  return z.string().transform((text, context): T => {
    try {
      return read(text.trim());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  });
}

/** An amount above zero, in base units. */
export function amountIn(unit: Unit) {
  return readBy((text) => {
    const amount = parseIn(text, unit);
    if (amount === 0n) throw new AmountError("Write more than 0.");
    return amount;
  }, AmountError);
}

/** An amount, zero too, in base units. */
export function amountOrZeroIn(unit: Unit) {
  return readBy((text) => parseIn(text, unit), AmountError);
}

/** Longest bech32 text there is (BIP-173); the decoder wants a limit. */
const BECH32_LIMIT = 90;
const ADDRESS_BYTES = [20, 32];

/** A bech32 address with this prefix, e.g. "assay" or "assayvaloper". */
export function addressWith(prefix: string) {
  return readBy((text) => {
    let decoded;
    try {
      decoded = fromBech32(text, BECH32_LIMIT);
    } catch (cause) {
      throw new RangeError(
        text.startsWith(`${prefix}1`)
          ? "This address has a typing mistake: its checksum is wrong."
          : `Write an address that begins with ${prefix}1.`,
        { cause },
      );
    }
    if (decoded.prefix !== prefix)
      throw new RangeError(
        `This address begins with ${decoded.prefix}1; one that begins with ${prefix}1 is needed.`,
      );
    if (!ADDRESS_BYTES.includes(decoded.data.length))
      throw new RangeError("This is no address of an account.");
    return text;
  });
}

/** A whole number, as bigint. */
export function whole({ min = 0n, max = U64_MAX, what = "number" } = {}) {
  return readBy((text) => {
    if (!/^\d{1,20}$/.test(text)) throw new RangeError(`Write a ${what}: digits only.`);
    const value = BigInt(text);
    if (value < min || value > max) throw new RangeError(`Write a ${what} from ${min} to ${max}.`);
    return value;
  });
}

/** Hex of `bytes` bytes, as bytes. */
export function hexOf(bytes: number, what: string) {
  return readBy((text) => {
    if (!new RegExp(`^[0-9a-fA-F]{${2 * bytes}}$`).test(text))
      throw new RangeError(`Write the ${what}: ${2 * bytes} digits of hex.`);
    return fromHex(text);
  });
}

/** Hex of any number of bytes from one. */
export function anyHex(what: string) {
  return readBy((text) => {
    if (!/^([0-9a-fA-F]{2})+$/.test(text)) throw new RangeError(`${what}.`);
    return fromHex(text);
  });
}

/** A text of at most `max` bytes in UTF-8. */
export function textUpTo(max: number, { empty = false } = {}) {
  return readBy((text) => {
    const { length } = new TextEncoder().encode(text);
    if (length === 0 && !empty) throw new RangeError("Write something here.");
    if (length > max) throw new RangeError(`This has ${length} bytes; ${max} are the most.`);
    return text;
  });
}

/** An http or https address without a slash at its end, at most `max` bytes. */
export function webAddress(max: number) {
  return readBy((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !["http:", "https:"].includes(url.protocol))
      throw new RangeError("Write an address that begins with https:// or http://.");
    if (text.endsWith("/")) throw new RangeError("Leave the slash at the end out.");
    if (text.length > max) throw new RangeError(`At most ${max} characters.`);
    return text;
  });
}

/** A percentage with up to four decimals, in parts per million. */
export function percent() {
  return readBy((text) => {
    if (!/^\d{1,3}(\.\d{1,4})?$/.test(text)) throw new RangeError("Write a percentage such as 97.5.");
    const ppm = Math.round(Number(text) * 10_000);
    if (ppm > 1_000_000) throw new RangeError("At most 100.");
    return ppm;
  });
}

/** One of the values of a choice that is there. */
export function chosen(what: string) {
  return z.string().min(1, `Choose ${what}.`);
}
