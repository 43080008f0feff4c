import type { AssayClient } from "../client.ts";
import { MalformedResponseError, type ReadErrorType } from "../errors.ts";
import type { Unbonding } from "../generated/assay/poi/v1/participant.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetUnbondingsParameters extends ListParameters {
  /** All owners when left out. */
  owner?: string;
}

export type GetUnbondingsReturnType = {
  unbonding: Unbonding;
  /** In uassay. */
  amount: bigint;
}[];

export type GetUnbondingsErrorType = ReadErrorType;

/** Bonds on their way back to their owners. */
export function getUnbondings(
  client: AssayClient,
  parameters: GetUnbondingsParameters = {},
): Promise<GetUnbondingsReturnType> {
  return listAll(parameters, async (pagination) => {
    const response = await client.poi.Unbondings({ owner: parameters.owner ?? "", pagination });
    const items = response.unbondings.map((unbonding, i) => {
      const amount = response.amounts[i];
      if (amount === undefined)
        throw new MalformedResponseError("Unbondings.amounts is shorter than the unbondings");
      return { unbonding, amount: BigInt(amount) };
    });
    return { items, pagination: response.pagination };
  });
}
