import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Approval } from "../generated/assay/marketplace/v1/channel.ts";
import { listAll, type ListParameters } from "../pages.ts";

export interface GetApprovalsParameters extends ListParameters {
  owner: string;
  /** Only what this one is allowed; all spenders when left out. */
  spender?: string;
}

export type GetApprovalsReturnType = Approval[];

export type GetApprovalsErrorType = NotFoundError | ReadErrorType;

/** What an owner allows its spenders. Not found when one is named that it allows nothing. */
export function getApprovals(
  client: AssayClient,
  parameters: GetApprovalsParameters,
): Promise<GetApprovalsReturnType> {
  const { owner, spender = "" } = parameters;
  return listAll(parameters, async (pagination) => {
    const response = await client.marketplace.Approvals({ owner, spender, pagination });
    return { items: response.approvals, pagination: response.pagination };
  });
}
