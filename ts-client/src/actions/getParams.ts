import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Params } from "../generated/assay/poi/v1/params.ts";
import { required } from "../rpc.ts";

export type GetParamsReturnType = Params;

export type GetParamsErrorType = ReadErrorType;

/** The parameters in force from the next epoch; those of the running one are in `getClock`. */
export async function getParams(client: AssayClient): Promise<GetParamsReturnType> {
  const response = await client.poi.Params({});
  return required(response.params, "Params.params");
}
