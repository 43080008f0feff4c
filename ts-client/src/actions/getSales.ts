import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { ModelSales } from "../generated/assay/marketplace/v1/channel.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetSalesParameters extends ListParameters {
  /** Only of this model (its id in lower-case hex). */
  modelHex?: string;
}

export type GetSalesReturnType = ModelSales[];

export type GetSalesErrorType = ReadErrorType;

/** What the services of models turned over, one entry per model and denom. */
export function getSales(
  client: AssayClient,
  parameters: GetSalesParameters = {},
): Promise<GetSalesReturnType> {
  const { modelHex = "" } = parameters;
  return listAll(parameters, async (pagination) => {
    const response = await client.marketplace.Sales({ modelHex, pagination });
    return { items: response.sales, pagination: response.pagination };
  });
}
