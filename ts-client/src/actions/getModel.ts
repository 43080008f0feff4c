import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Model } from "../generated/assay/poi/v1/model.ts";
import { required } from "../rpc.ts";

export interface GetModelParameters {
  /** Model id (sha256 of the file) in lower-case hex. */
  modelHex: string;
}

export type GetModelReturnType = Model;

export type GetModelErrorType = NotFoundError | ReadErrorType;

/** One model without its file. */
export async function getModel(
  client: AssayClient,
  parameters: GetModelParameters,
): Promise<GetModelReturnType> {
  const response = await client.poi.Model(parameters);
  return required(response.model, "Model.model");
}
