import { formatAmount } from "../components/format.ts";
import type { Network } from "../../../wire/network.ts";

/** How amounts of a coin are written for people. */
export interface Unit {
  readonly denom: string;
  readonly display: string;
  /** Decimals of the display unit. */
  readonly exponent: number;
}

/** The network's own coin in its display unit, other coins in their smallest one. */
export function unitOf(denom: string, network: Network): Unit {
  const { base, display, exponent } = network.denom;
  return denom === base ? { denom, display, exponent } : { denom, display: denom, exponent: 0 };
}

/** "1.5 ASSAY", exactly. */
export function formatIn(amount: bigint, { display, exponent }: Unit): string {
  return `${formatAmount(amount.toString(), exponent, exponent)} ${display}`;
}

/** Amounts of the chain's vouchers and prices are 64-bit numbers, and nobody owns more. */
export const MAX_AMOUNT = 2n ** 64n - 1n;

/** A text that is no amount. */
export class AmountError extends Error {}

/** Reads "1.5" as base units. Throws {@link AmountError}. */
export function parseIn(text: string, { display, exponent }: Unit): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text.trim());
  const [, whole = "", decimals = ""] = match ?? [];
  if (!match) throw new AmountError(`Write a number such as 2${exponent > 0 ? " or 0.5" : ""}.`);
  if (decimals.length > exponent)
    throw new AmountError(
      exponent === 0 ? `${display} has no decimals.` : `${display} has at most ${exponent} decimals.`,
    );
  const amount = BigInt(whole + decimals.padEnd(exponent, "0"));
  if (amount > MAX_AMOUNT) throw new AmountError("That is more than can exist.");
  return amount;
}
