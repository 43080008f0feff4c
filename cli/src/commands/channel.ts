import { existsSync } from "node:fs";
import { getChannel } from "@assay/client/actions/getChannel";
import { getChannels } from "@assay/client/actions/getChannels";
import { getService } from "@assay/client/actions/getService";
import type { ChannelSummary } from "@assay/client/market/buyer";
import type { AssayClient } from "@assay/client/client";
import { ChannelStatus, type Channel } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus, type Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { closeChannel, finaliseChannel, topUp as topUpMessage } from "@assay/client/messages";
import type { Command } from "commander";
import { checkAddress } from "../address.ts";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { formatCoin, parseCoin, shortAddress, shortId, toHex } from "../format.ts";
import { purchasesFolder, withBuyer } from "../market/buyer.ts";
import { callsLeft, callsLeftText, channelStatusName, resolveChannel } from "../market/channels.ts";
import { resolveService } from "../market/services.ts";
import { facts, table } from "../output.ts";
import { sendConfirmed, sentOf } from "../send.ts";
import type { Session } from "../session.ts";

export function addChannelCommands(program: Command, cli: Cli): void {
  const channel = group(program, "channel", "what you have locked for calls, and how to get it back");
  examples(
    channel
      .command("list [payer]")
      .description("channels with what is left in them; your key's without an address")
      .option("--service <service>", "only of this service")
      .option("--all", "closed ones too")
      .action(cli.run(list)),
    "channel list --key me",
    "channel list --service 7 --all --json --key me",
  );
  const payer = ["--payer <address>", "whose channel it is, if not your own (default: your key's)"] as const;
  examples(
    channel
      .command("close <channel>")
      .description(
        "get back what is left: it takes a wait in which the provider may claim, then run it again",
      )
      .option(...payer)
      .action(cli.run(close)),
    "channel close 3fa94c --key me",
    "channel close 3fa94c --payer assay1… --key me",
  );
  examples(
    channel
      .command("top-up <channel> <amount>")
      .description("lock more for calls; what is left of it goes back with the rest")
      .option(...payer)
      .option("--funder <address>", "use this account's coins, by its approval")
      .action(cli.run(topUp)),
    "channel top-up 3fa94c 1assay --key me",
  );
}

function amountIn({ denom }: Channel, amount: string | bigint): string {
  return formatCoin({ denom, amount: BigInt(amount) });
}

async function list(
  session: Session,
  given: string | undefined,
  { service: reference, all }: { service?: string; all?: boolean },
): Promise<Answer> {
  if (given !== undefined) checkAddress("payer", given);
  const payer = await session.addressOr(given);
  const client = await session.client();
  const only = reference === undefined ? undefined : (await resolveService(client, reference)).service.id;
  const channels = (await getChannels(client, { payer })).filter(
    ({ service, status }) =>
      (only === undefined || service === only) && (all === true || status !== ChannelStatus.CLOSED),
  );
  const services = await servicesOf(client, channels);
  // What was promised and not claimed yet is known to the data folder of who promised it.
  const bought = given === undefined ? await purchases(session) : [];
  const views = channels.map((channel) => {
    const own = bought.find((candidate) => candidate.channel === toHex(channel.id));
    return viewOf(channel, services.get(channel.service), own);
  });
  const rows = channels.map((channel, i) => [
    shortId(channel.id),
    `${channel.service}, ${services.get(channel.service)?.name ?? "?"}`,
    views[i]?.status ?? "",
    amountIn(channel, channel.deposited),
    amountIn(channel, channel.released),
    amountIn(channel, channel.avail),
    usesText(channel, views[i], given === undefined),
    channel.funder === payer ? "" : `coins of ${shortAddress(channel.funder)}`,
  ]);
  const titles = ["channel", "service", "status", ">deposited", ">claimed", ">unclaimed", "", ""];
  return {
    json: views,
    text: rows.length === 0 ? `${payer} has no ${all === true ? "" : "open "}channels.` : table(titles, rows),
  };
}

async function servicesOf(client: AssayClient, channels: readonly Channel[]): Promise<Map<bigint, Service>> {
  const ids = [...new Set(channels.map(({ service }) => service))];
  const entries = await Promise.all(ids.map((id) => getService(client, { id })));
  return new Map(entries.flatMap(({ service }) => (service ? [[service.id, service] as const] : [])));
}

/** The channels that can be paid from here, with what they have promised; none where nothing was bought yet. */
async function purchases(session: Session): Promise<ChannelSummary[]> {
  const [{ chainId }, { address }] = [await session.client(), await session.key()];
  if (!existsSync(purchasesFolder(session, chainId, address))) return [];
  return withBuyer(session, {}, (buyer) => buyer.channels());
}

function usesText({ status }: Channel, view: ReturnType<typeof viewOf> | undefined, own: boolean): string {
  if (status !== ChannelStatus.OPEN) return "";
  return own && !view?.usable ? "no key for it here: close it" : callsLeftText(view?.callsLeft ?? undefined);
}

/**
 * A channel for machines. `usable` says whether the data folder can pay with it; then `callsLeft` counts what is
 * promised and not claimed yet. It is null for a free service.
 */
function viewOf(channel: Channel, service: Service | undefined, own?: ChannelSummary) {
  const { status, closeHeight, ...rest } = channel;
  const usable = own?.usable ?? false;
  const calls = callsLeft(BigInt(channel.avail), service?.price ?? 0n);
  return {
    ...rest,
    status: channelStatusName(status),
    closeHeight: closeHeight === 0n ? null : closeHeight,
    usable,
    callsLeft: (usable && calls !== undefined ? own?.callsLeft : calls) ?? null,
  };
}

async function close(session: Session, reference: string, { payer }: { payer?: string }): Promise<Answer> {
  if (payer !== undefined) checkAddress("payer", payer);
  const client = await session.client();
  const { address } = await session.key();
  const channel = await resolveChannel(client, payer ?? address, reference);
  const name = shortId(channel.id);
  if (channel.status === ChannelStatus.CLOSED) throw new UsageError(`channel ${name} is closed already`);
  if (channel.status === ChannelStatus.CLOSING) return finalise(session, client, channel);
  if (![channel.payer, channel.funder].includes(address)) {
    throw new UsageError(
      `channel ${name} is of ${channel.payer}, the key is of ${address}: sign with the payer's key`,
    );
  }
  const { service } = await getService(client, { id: channel.service });
  const convicted = service?.status === ServiceStatus.CONVICTED;
  const what = convicted
    ? `close channel ${name} of the convicted service ${channel.service} at once`
    : `close channel ${name}: no more calls are paid from it, and in ${channel.graceBlocks} blocks ${amountIn(channel, channel.avail)} come back, less what the provider still claims`;
  const result = await sendConfirmed(session, { what, final: true }, [
    closeChannel({ sender: address, channel: channel.id }),
  ]);
  return closed(client, channel, result);
}

async function finalise(session: Session, client: AssayClient, channel: Channel): Promise<Answer> {
  const name = shortId(channel.id);
  const height = BigInt((await client.comet.status()).syncInfo.latestBlockHeight);
  if (height < channel.closeHeight) {
    throw new UsageError(
      `channel ${name} is closing, and its provider may claim until block ${channel.closeHeight}, now ${height}; run this again then`,
    );
  }
  const { address } = await session.key();
  const result = await sendConfirmed(session, { what: `finalise channel ${name}` }, [
    finaliseChannel({ sender: address, channel: channel.id }),
  ]);
  return closed(client, channel, result);
}

async function closed(
  client: AssayClient,
  { id }: Channel,
  result: Parameters<typeof sentOf>[0],
): Promise<Answer> {
  const channel = await getChannel(client, { idHex: toHex(id) });
  const waits = channel.status === ChannelStatus.CLOSING;
  const { status, returned, closeHeight, denom, funder } = viewOf(channel, undefined);
  return {
    json: { channel: id, status, denom, returned, funder, closeHeight, ...sentOf(result) },
    text: facts([
      ["channel", `${shortId(id)} is ${status}`],
      ["came back", waits ? undefined : `${amountIn(channel, returned)} to ${funder}`],
      ["next", waits ? `from block ${closeHeight} on: assay channel close ${shortId(id)}` : undefined],
      ["transaction", result.hash],
    ]),
  };
}

async function topUp(
  session: Session,
  reference: string,
  amountText: string,
  { payer, funder }: { payer?: string; funder?: string },
): Promise<Answer> {
  if (payer !== undefined) checkAddress("payer", payer);
  if (funder !== undefined) checkAddress("funder", funder);
  const amount = parseCoin(amountText);
  const client = await session.client();
  const { address } = await session.key();
  const channel = await resolveChannel(client, payer ?? address, reference);
  const name = shortId(channel.id);
  if (channel.denom !== amount.denom)
    throw new UsageError(`channel ${name} holds ${channel.denom}, not ${amount.denom}`);
  if (channel.status !== ChannelStatus.OPEN)
    throw new UsageError(
      `channel ${name} is ${channelStatusName(channel.status)}; no more can be locked in it`,
    );
  const prices = [
    { what: `lock for calls of service ${channel.service} (what is left comes back)`, ...amount },
  ];
  const message = topUpMessage({ sender: address, channel: channel.id, amount, ...(funder && { funder }) });
  const intent = { what: `top up channel ${name}`, ...(funder === undefined && { prices }), final: true };
  const result = await sendConfirmed(session, intent, [message]);
  const after = await getChannel(client, { idHex: toHex(channel.id) });
  const { service } = await getService(client, { id: channel.service });
  const view = viewOf(after, service);
  return {
    json: { channel: channel.id, amount, avail: after.avail, callsLeft: view.callsLeft, ...sentOf(result) },
    text: facts([
      ["channel", name],
      ["left", `${amountIn(after, after.avail)}, ${callsLeftText(view.callsLeft ?? undefined)}`],
      ["transaction", result.hash],
    ]),
  };
}
