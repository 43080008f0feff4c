import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";

export interface GetPayerCounterParameters {
  payer: string;
}

export type GetPayerCounterReturnType = bigint;

export type GetPayerCounterErrorType = ReadErrorType;

/** The n of a payer's next channel. */
export async function getPayerCounter(
  client: AssayClient,
  parameters: GetPayerCounterParameters,
): Promise<GetPayerCounterReturnType> {
  const response = await client.marketplace.PayerCounter(parameters);
  return response.next;
}
