import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { ServiceEntry } from "../generated/assay/marketplace/v1/query.ts";
import { listAll, type ListParameters } from "../pages.ts";

/** At most one of `arena`, `modelHex` and `provider`. */
export interface GetServicesParameters extends ListParameters {
  /** Only services of models of this arena. */
  arena?: bigint;
  /** Only services of this model (its id in lower-case hex). */
  modelHex?: string;
  /** Only services of this account. */
  provider?: string;
  /** Closed and convicted services too. */
  all?: boolean;
}

export type GetServicesReturnType = ServiceEntry[];

export type GetServicesErrorType = ReadErrorType;

/** Services with what the chain measured of their models. */
export function getServices(
  client: AssayClient,
  parameters: GetServicesParameters = {},
): Promise<GetServicesReturnType> {
  const { arena = 0n, modelHex = "", provider = "", all = false } = parameters;
  return listAll(parameters, async (pagination) => {
    const response = await client.marketplace.Services({ arena, modelHex, provider, all, pagination });
    return { items: response.services, pagination: response.pagination };
  });
}
