import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Scorer } from "../generated/assay/poi/v1/participant.ts";
import { required } from "../rpc.ts";

export interface GetScorerParameters {
  /** Operator or hot key. */
  address: string;
}

export interface GetScorerReturnType {
  scorer: Scorer;
  /** In uassay. */
  bond: bigint;
  /** Eligible at the next freeze. */
  eligible: boolean;
  /** Why it is not eligible. */
  reason: string;
}

export type GetScorerErrorType = NotFoundError | ReadErrorType;

/** One scorer with its bond, and whether it takes part in the next epoch. */
export async function getScorer(
  client: AssayClient,
  parameters: GetScorerParameters,
): Promise<GetScorerReturnType> {
  const response = await client.poi.Scorer(parameters);
  return {
    scorer: required(response.scorer, "Scorer.scorer"),
    bond: BigInt(response.bond),
    eligible: response.eligible,
    reason: response.reason,
  };
}
