import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";

export interface GetRewardsParameters {
  address: string;
}

export type GetRewardsReturnType = bigint;

export type GetRewardsErrorType = ReadErrorType;

/** What an account may claim, in uassay. */
export async function getRewards(
  client: AssayClient,
  parameters: GetRewardsParameters,
): Promise<GetRewardsReturnType> {
  const response = await client.poi.Rewards(parameters);
  return BigInt(response.amount);
}
