import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import type { Channel } from "../generated/assay/marketplace/v1/channel.ts";
import { listAll, type ListParameters } from "../pages.ts";

/** At most one of `payer` and `service`. */
export interface GetChannelsParameters extends ListParameters {
  payer?: string;
  service?: bigint;
}

export type GetChannelsReturnType = Channel[];

export type GetChannelsErrorType = ReadErrorType;

/** Channels, closed ones too. */
export function getChannels(
  client: AssayClient,
  parameters: GetChannelsParameters = {},
): Promise<GetChannelsReturnType> {
  const { payer = "", service = 0n } = parameters;
  return listAll(parameters, async (pagination) => {
    const response = await client.marketplace.Channels({ payer, service, pagination });
    return { items: response.channels, pagination: response.pagination };
  });
}
