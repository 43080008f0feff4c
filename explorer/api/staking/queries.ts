import { createHash } from "node:crypto";
import type { AssayClient } from "@assay/client/client";
import { createQueryRpc } from "@assay/client/rpc";
import { toBech32 } from "@cosmjs/encoding";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { QueryClientImpl as DistributionQuery } from "cosmjs-types/cosmos/distribution/v1beta1/query";
import { QueryClientImpl as GovQuery } from "cosmjs-types/cosmos/gov/v1/query";
import { QueryClientImpl as SlashingQuery } from "cosmjs-types/cosmos/slashing/v1beta1/query";
import type { Coin } from "../../wire/common.ts";

/** Queries of standard modules that the client has no use for. */
export function queriesOf(client: AssayClient): {
  distribution: DistributionQuery;
  gov: GovQuery;
  slashing: SlashingQuery;
} {
  const rpc = createQueryRpc(client.comet);
  return {
    distribution: new DistributionQuery(rpc),
    gov: new GovQuery(rpc),
    slashing: new SlashingQuery(rpc),
  };
}

const UNIT = 10n ** 18n;

/** A decimal as the wire has it, an integer with 18 digits after the point, in parts per million. */
export function fixedPpm(text: string): number {
  return text === "" ? 0 : Number((BigInt(text) * 1_000_000n) / UNIT);
}

/** The same where the field is of bytes. */
export function bytesPpm(bytes: Uint8Array): number {
  return fixedPpm(Buffer.from(bytes).toString("latin1"));
}

/** "0.334" in parts per million. */
export function decimalPpm(text: string): number {
  const ppm = Math.round(Number(text) * 1_000_000);
  return Number.isFinite(ppm) && ppm > 0 ? ppm : 0;
}

/** Coins with 18 more decimals, rounded down. */
export function wholeCoins(coins: readonly Coin[]): Coin[] {
  return coins.map(({ denom, amount }) => ({ denom, amount: (BigInt(amount) / UNIT).toString() }));
}

export function plainCoins(coins: readonly Coin[]): Coin[] {
  return coins.map(({ denom, amount }) => ({ denom, amount }));
}

/** ISO 8601; null for a time that is not set or beyond what the form has. */
export function timeOf(time: Timestamp | undefined): string | null {
  if (time === undefined || time.seconds <= 0n) return null;
  const date = new Date(Number(time.seconds) * 1_000 + Math.floor(time.nanos / 1_000_000));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Address of a module's account. */
export function moduleAddress(module: string): string {
  return toBech32("assay", createHash("sha256").update(module).digest().subarray(0, 20));
}
