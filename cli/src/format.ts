/** Text forms of numbers. Everything here is integer arithmetic: no amount ever passes through a float. */
import type { Amount } from "@assay/client/coins";
import { BASE_DENOM } from "@assay/client/messages";
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

/** {@link formatAssay}, or, for another coin, whose decimals nobody here knows, its smallest units: "250 ibc/AB". */
export function formatCoin({ denom, amount }: Amount): string {
  return denom === BASE_DENOM ? formatAssay(amount) : `${amount} ${denom}`;
}

/** {@link parseAmount}, or a whole number of another coin's smallest unit, such as 250ibc/AB. Throws UsageError. */
export function parseCoin(text: string): Amount {
  const [, digits = "", denom = ""] = /^(\d{1,30}) ?([a-z][\w/:.-]{2,127})$/i.exec(text.trim()) ?? [];
  if (denom === "" || /^u?assay$/i.test(denom)) return { denom: BASE_DENOM, amount: parseAmount(text) };
  return { denom, amount: BigInt(digits) };
}

/** Reads a percentage, "97.5" or "97.5%", as parts per million. `what` names it in the error. Throws UsageError. */
export function parsePercent(what: string, text: string): number {
  const [, whole = "", fraction = ""] = /^(\d{1,3})(?:\.(\d{1,4}))?\s*%?$/.exec(text.trim()) ?? [];
  const ppm = Number(whole) * 10_000 + Number(fraction.padEnd(4, "0"));
  if (whole === "" || ppm > 1_000_000)
    throw new UsageError(`${what} "${text}" is no percentage from 0 to 100, such as 97.5`);
  return ppm;
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
