import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import { required } from "../rpc.ts";

export interface GetRegistrationFeeReturnType {
  /** In uassay. */
  amount: bigint;
  /** Models registered in the running epoch. */
  registered: number;
}

export type GetRegistrationFeeErrorType = ReadErrorType;

/** The fee a registration burns now; it doubles while an epoch sees more registrations than its target. */
export async function getRegistrationFee(client: AssayClient): Promise<GetRegistrationFeeReturnType> {
  const response = await client.poi.RegistrationFee({});
  const fee = required(response.fee, "RegistrationFee.fee");
  return { amount: BigInt(fee.amount), registered: fee.registered };
}
