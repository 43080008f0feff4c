import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Commitment, Sponsor } from "../generated/assay/poi/v1/participant.ts";
import { required } from "../rpc.ts";

export interface GetSponsorParameters {
  arena: bigint;
  address: string;
}

export interface GetSponsorReturnType {
  sponsor: Sponsor;
  /** In uassay. */
  bond: bigint;
  commitments: Commitment[];
}

export type GetSponsorErrorType = NotFoundError | ReadErrorType;

/** One sponsor of an arena with its bond and commitments. */
export async function getSponsor(
  client: AssayClient,
  parameters: GetSponsorParameters,
): Promise<GetSponsorReturnType> {
  const response = await client.poi.Sponsor(parameters);
  return {
    sponsor: required(response.sponsor, "Sponsor.sponsor"),
    bond: BigInt(response.bond),
    commitments: response.commitments,
  };
}
