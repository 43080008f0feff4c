import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Comparison, Contender } from "../generated/assay/poi/v1/arena.ts";
import { required } from "../rpc.ts";

export interface GetContenderParameters {
  /** Model id (sha256 of the file) in lower-case hex. */
  modelHex: string;
}

export interface GetContenderReturnType {
  contender: Contender;
  /** Against the top, over the sponsors kept. */
  screening: Comparison;
  trials: Comparison[];
  /** Sponsors that can still measure it. */
  usableSponsors: number;
  /** Called for the next epoch. */
  called: boolean;
}

export type GetContenderErrorType = NotFoundError | ReadErrorType;

/** A contender's standing against the top: every number that decides whether it is called and steps up. */
export async function getContender(
  client: AssayClient,
  parameters: GetContenderParameters,
): Promise<GetContenderReturnType> {
  const response = await client.poi.Contender(parameters);
  return {
    contender: required(response.contender, "Contender.contender"),
    screening: required(response.screening, "Contender.screening"),
    trials: response.trials,
    usableSponsors: response.usableSponsors,
    called: response.called,
  };
}
