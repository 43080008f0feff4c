import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { ProbeReport } from "../generated/assay/marketplace/v1/service.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetProbesParameters extends ListParameters {
  service: bigint;
}

export type GetProbesReturnType = ProbeReport[];

export type GetProbesErrorType = ReadErrorType;

/** What each scorer last reported of a service; the medians are in the service itself. */
export function getProbes(
  client: AssayClient,
  parameters: GetProbesParameters,
): Promise<GetProbesReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.marketplace.Probes({ service: parameters.service, pagination });
    return { items: response.reports, pagination: response.pagination };
  });
}
