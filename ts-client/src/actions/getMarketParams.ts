import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Params } from "../generated/assay/marketplace/v1/params.ts";
import { required } from "../rpc.ts";

export type GetMarketParamsReturnType = Params;

export type GetMarketParamsErrorType = ReadErrorType;

/** The parameters of the market in force now; an open channel keeps what was in force when it opened. */
export async function getMarketParams(client: AssayClient): Promise<GetMarketParamsReturnType> {
  const response = await client.marketplace.Params({});
  return required(response.params, "Params.params");
}
