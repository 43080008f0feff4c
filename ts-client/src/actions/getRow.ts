import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Row } from "../generated/assay/poi/v1/epoch.ts";
import { required } from "../rpc.ts";

export interface GetRowParameters {
  slot: bigint;
  /** Model id (sha256 of the file) in lower-case hex. */
  modelHex: string;
}

export interface GetRowReturnType {
  epoch: bigint;
  row: Row;
}

export type GetRowErrorType = NotFoundError | ReadErrorType;

/** One row of the running epoch. */
export async function getRow(client: AssayClient, parameters: GetRowParameters): Promise<GetRowReturnType> {
  const response = await client.poi.Row(parameters);
  return { epoch: response.epoch, row: required(response.row, "Row.row") };
}
