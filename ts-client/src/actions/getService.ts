import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { ServiceEntry } from "../generated/assay/marketplace/v1/query.ts";
import { required } from "../rpc.ts";

export interface GetServiceParameters {
  id: bigint;
}

export type GetServiceReturnType = ServiceEntry;

export type GetServiceErrorType = NotFoundError | ReadErrorType;

/** One service, active or not, with what the chain measured of its model. */
export async function getService(
  client: AssayClient,
  parameters: GetServiceParameters,
): Promise<GetServiceReturnType> {
  const response = await client.marketplace.Service(parameters);
  return required(response.entry, "Service.entry");
}
