/** Channels of the market: what people call them, and what is left in them. */
import { getChannel } from "@assay/client/actions/getChannel";
import { getChannels } from "@assay/client/actions/getChannels";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import { ChannelStatus, type Channel } from "@assay/client/generated/assay/marketplace/v1/channel";
import { UsageError } from "../errors.ts";
import { toHex } from "../format.ts";

const MIN_PREFIX = 4;
const MAX_LISTED = 8;

/** Lower-case word of a channel's status. */
export function channelStatusName(status: ChannelStatus): string {
  const name = Object.entries(ChannelStatus).find(([, value]) => value === status)?.[0];
  return name?.toLowerCase() ?? String(status);
}

/** The channel that an id in hex, or its first digits, means. Throws UsageError when none or several are meant. */
export function matchChannel(channels: readonly Channel[], reference: string): Channel {
  if (!new RegExp(`^[0-9a-f]{${MIN_PREFIX},64}$`).test(reference)) {
    throw new UsageError(
      `"${reference}" is no channel: give the id in hex, or at least the first ${MIN_PREFIX} digits of it`,
    );
  }
  const found = channels.filter(({ id }) => toHex(id).startsWith(reference));
  const [first] = found;
  if (first && found.length === 1) return first;
  if (!first) throw new UsageError(`you have no channel ${reference}; "assay channel list --all" shows them`);
  const listed = found.slice(0, MAX_LISTED).map(({ id, service }) => `  ${toHex(id)}  of service ${service}`);
  throw new UsageError(`"${reference}" could be any of these; give more digits:\n${listed.join("\n")}`);
}

/** Any channel by its whole id, or {@link matchChannel} among the channels of `payer`. */
export async function resolveChannel(
  client: AssayClient,
  payer: string,
  reference: string,
): Promise<Channel> {
  if (/^[0-9a-f]{64}$/.test(reference)) {
    return getChannel(client, { idHex: reference }).catch((error: unknown) => {
      if (error instanceof NotFoundError) throw new UsageError(`there is no channel ${reference}`);
      throw error;
    });
  }
  return matchChannel(await getChannels(client, { payer }), reference);
}

/** How many calls of one item `avail` still pays; undefined for a service that is free. */
export function callsLeft(avail: bigint, price: bigint): bigint | undefined {
  return price === 0n ? undefined : avail / price;
}

/** "about 40 calls left", for people. */
export function callsLeftText(calls: bigint | undefined): string {
  return calls === undefined ? "free" : `about ${calls} ${calls === 1n ? "call" : "calls"} left`;
}
