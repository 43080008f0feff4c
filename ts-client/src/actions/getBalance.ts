import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import { BASE_DENOM } from "../messages.ts";
import { required } from "../rpc.ts";

export interface GetBalanceParameters {
  address: string;
  /** Default "uassay". */
  denom?: string;
}

/** In the smallest unit of the denomination. */
export type GetBalanceReturnType = bigint;

export type GetBalanceErrorType = ReadErrorType;

/** What an account holds of one token; 0n when the account does not exist. */
export async function getBalance(
  client: AssayClient,
  parameters: GetBalanceParameters,
): Promise<GetBalanceReturnType> {
  const { address, denom = BASE_DENOM } = parameters;
  const response = await client.bank.Balance({ address, denom });
  return BigInt(required(response.balance, "Balance.balance").amount);
}
