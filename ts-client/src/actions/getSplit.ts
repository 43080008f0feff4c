import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Split } from "../generated/assay/marketplace/v1/channel.ts";
import { required } from "../rpc.ts";

export interface GetSplitParameters {
  service: bigint;
}

export type GetSplitReturnType = Split;

export type GetSplitErrorType = NotFoundError | ReadErrorType;

/** Who would get what of every base unit paid on a channel that is opened now with a service. */
export async function getSplit(
  client: AssayClient,
  parameters: GetSplitParameters,
): Promise<GetSplitReturnType> {
  const response = await client.marketplace.Split(parameters);
  return required(response.split, "Split.split");
}
