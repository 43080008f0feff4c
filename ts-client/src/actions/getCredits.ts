import type { AssayClient } from "../client.ts";
import { fromCoin, type Amount } from "../coins.ts";
import type { ReadErrorType } from "../errors.ts";

export interface GetCreditsParameters {
  owner: string;
}

/** By denom; empty when there is nothing to withdraw. */
export type GetCreditsReturnType = Amount[];

export type GetCreditsErrorType = ReadErrorType;

/** What an account may withdraw from the market. */
export async function getCredits(
  client: AssayClient,
  parameters: GetCreditsParameters,
): Promise<GetCreditsReturnType> {
  const response = await client.marketplace.Credits(parameters);
  return response.credits.map(fromCoin);
}
