/** Text forms of numbers. Everything here is integer arithmetic: no amount ever passes through a float. */
import { UsageError } from "./errors.ts";

const DECIMALS = 6;
const UNIT = 10n ** BigInt(DECIMALS);

/** Uassay as ASSAY with all six decimals, e.g. 1500000n is "1.500000". */
export function formatAmount(uassay: bigint | string): string {
  const value = BigInt(uassay);
  const digits = (value < 0n ? -value : value).toString().padStart(DECIMALS + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

/** {@link formatAmount} with the unit. */
export function formatAssay(uassay: bigint | string): string {
  return `${formatAmount(uassay)} ASSAY`;
}

/**
 * Reads an amount with its unit, "12.5assay" or "12500000uassay", as uassay. The unit is required: a bare number
 * could mean either, a million apart. Throws UsageError.
 */
export function parseAmount(text: string): bigint {
  const match = /^(\d{1,30})(?:\.(\d{1,30}))?\s*(u?assay)$/i.exec(text.trim());
  const [, whole = "", fraction = "", unit = ""] = match ?? [];
  if (!match)
    throw new UsageError(
      `"${text}" is no amount: write it with its unit, such as 12.5assay or 12500000uassay`,
    );
  if (unit.toLowerCase() === "uassay") {
    if (fraction !== "")
      throw new UsageError(`"${text}": uassay is the smallest unit, there are no parts of it`);
    return BigInt(whole);
  }
  if (fraction.length > DECIMALS)
    throw new UsageError(`"${text}" has more than ${DECIMALS} decimals, ASSAY has ${DECIMALS}`);
  return BigInt(whole) * UNIT + BigInt(fraction.padEnd(DECIMALS, "0"));
}

/** Parts per million as a percentage with all its digits, e.g. 987654n is "98.7654 %". */
export function formatPpm(ppm: bigint | number): string {
  const digits = BigInt(ppm).toString().padStart(5, "0");
  return `${digits.slice(0, -4)}.${digits.slice(-4)} %`;
}

/** `part / whole` as a percentage with two decimals, rounded; "-" when whole is 0. */
export function formatShare(part: bigint, whole: bigint): string {
  if (whole === 0n) return "-";
  const hundredths = (part * 20_000n + whole) / (2n * whole);
  return `${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, "0")} %`;
}

/** Q16 bits (a ladder's height) as a decimal number of bits, rounded to four decimals. */
export function formatBits(q16: bigint): string {
  const sign = q16 < 0n ? "-" : "";
  const magnitude = q16 < 0n ? -q16 : q16;
  const rounded = (magnitude * 10_000n + (1n << 15n)) >> 16n;
  return `${sign}${rounded / 10_000n}.${(rounded % 10_000n).toString().padStart(4, "0")}`;
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** The start of an id, long enough to be told from others by eye and to be typed as a prefix. */
export function shortId(id: Uint8Array | string): string {
  return (typeof id === "string" ? id : toHex(id)).slice(0, 10);
}

/** An address with its middle left out. */
export function shortAddress(address: string): string {
  return address.length <= 20 ? address : `${address.slice(0, 11)}…${address.slice(-6)}`;
}

/** Parses an unsigned integer of at most 64 bits. `what` names it in the error. Throws UsageError. */
export function parseUint(what: string, text: string, max = 2n ** 64n - 1n): bigint {
  if (!/^\d{1,20}$/.test(text) || BigInt(text) > max) {
    throw new UsageError(`${what} "${text}" is not a whole number from 0 to ${max}`);
  }
  return BigInt(text);
}
