import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Emission, EmissionState } from "../generated/assay/poi/v1/epoch.ts";
import { required } from "../rpc.ts";

export interface GetEmissionParameters {
  /** Only the totals when left out. */
  epoch?: bigint;
}

export interface GetEmissionReturnType {
  state: EmissionState;
  /** Undefined when no epoch was asked for or it is no longer kept. */
  emission: Emission | undefined;
  /** Emission of the next block, in uassay. */
  perBlock: bigint;
}

export type GetEmissionErrorType = ReadErrorType;

/** What was ever minted, and what one epoch minted. Amounts inside the records are decimal strings of uassay. */
export async function getEmission(
  client: AssayClient,
  parameters: GetEmissionParameters = {},
): Promise<GetEmissionReturnType> {
  const response = await client.poi.Emission({ epoch: parameters.epoch ?? 0n });
  return {
    state: required(response.state, "Emission.state"),
    emission: response.emission,
    perBlock: BigInt(response.perBlock),
  };
}
