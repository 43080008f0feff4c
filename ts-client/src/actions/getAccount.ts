import { accountFromAny } from "@cosmjs/stargate";
import type { AssayClient } from "../client.ts";
import { AccountNotFoundError, NotFoundError, type ReadErrorType } from "../errors.ts";
import { required } from "../rpc.ts";

export interface GetAccountParameters {
  address: string;
}

export interface GetAccountReturnType {
  accountNumber: bigint;
  /** Of the next ordered transaction, as of the last block. */
  sequence: number;
}

export type GetAccountErrorType = AccountNotFoundError | ReadErrorType;

/** Account number and sequence, which signatures cover. */
export async function getAccount(
  client: AssayClient,
  parameters: GetAccountParameters,
): Promise<GetAccountReturnType> {
  const { address } = parameters;
  try {
    const response = await client.auth.Account({ address });
    const { accountNumber, sequence } = accountFromAny(required(response.account, "Account.account"));
    return { accountNumber, sequence };
  } catch (error) {
    if (error instanceof NotFoundError) throw new AccountNotFoundError(address, error);
    throw error;
  }
}
