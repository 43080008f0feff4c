import type { AssayClient } from "../client.ts";
import type { NotFoundError, ReadErrorType } from "../errors.ts";
import type { Channel } from "../generated/assay/marketplace/v1/channel.ts";
import { required } from "../rpc.ts";

export interface GetChannelParameters {
  /** Id of the channel in lower-case hex. */
  idHex: string;
}

export type GetChannelReturnType = Channel;

export type GetChannelErrorType = NotFoundError | ReadErrorType;

/** One channel, closed or not. */
export async function getChannel(
  client: AssayClient,
  parameters: GetChannelParameters,
): Promise<GetChannelReturnType> {
  const response = await client.marketplace.Channel(parameters);
  return required(response.channel, "Channel.channel");
}
