import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Row } from "../generated/assay/poi/v1/epoch.ts";

export interface GetRowsParameters {
  slot: bigint;
}

export interface GetRowsReturnType {
  epoch: bigint;
  rows: Row[];
}

export type GetRowsErrorType = NotFoundError | ReadErrorType;

/** All rows of a slot of the running epoch, in model id order. */
export async function getRows(
  client: AssayClient,
  parameters: GetRowsParameters,
): Promise<GetRowsReturnType> {
  const response = await client.poi.Rows(parameters);
  return response;
}
