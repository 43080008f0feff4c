import { getChannel } from "@assay/client/actions/getChannel";
import { getChannels } from "@assay/client/actions/getChannels";
import { getMarketParams } from "@assay/client/actions/getMarketParams";
import { getPayerCounter } from "@assay/client/actions/getPayerCounter";
import { getService } from "@assay/client/actions/getService";
import { getServices } from "@assay/client/actions/getServices";
import { addressBytes } from "@assay/client/address";
import { NotFoundError } from "@assay/client/errors";
import { ChannelStatus, type Channel } from "@assay/client/generated/assay/marketplace/v1/channel";
import type { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { MsgCloseChannelResponse } from "@assay/client/generated/assay/marketplace/v1/tx";
import { channelId, MAX_LANES } from "@assay/client/market/bytes";
import { prepareOpening } from "@assay/client/market/channel-book";
import { checkKey, SigningKeyError } from "@assay/client/market/ed25519";
import {
  closeChannel as closeMessage,
  finaliseChannel as finaliseMessage,
  openChannel as openMessage,
  topUp as topUpMessage,
} from "@assay/client/messages";
import { fromHex, toHex } from "@cosmjs/encoding";
import { z } from "zod";
import { cleanText } from "../../../../api/text.ts";
import { hexOf, whole } from "../checks.ts";
import { defineForm, FieldError, type Choice, type Fact, type FormContext, type Input } from "../form.ts";
import { AmountError, formatIn, parseIn, unitOf, type Unit } from "../units.ts";

const NAME_LENGTH = 48;
/** As many as anybody looks through. */
const MAX_CHOICES = 500;
/** Calls of one item that the page suggests to pay for. */
const LANES = 16;

// --- what there is

function nameOf({ service, modelName }: ServiceEntry): string {
  return cleanText(service?.name || modelName, NAME_LENGTH) || `Service ${service?.id}`;
}

/** Amounts in a service's coin. */
function amountOf(text: string, field: string, unit: Unit): bigint {
  try {
    const amount = parseIn(text, unit);
    if (amount === 0n) throw new AmountError("Write more than 0.");
    return amount;
  } catch (error) {
    if (error instanceof AmountError) throw new FieldError(field, error.message);
    throw error;
  }
}

async function serviceOf({ chain }: FormContext, id: bigint): Promise<ServiceEntry> {
  try {
    return await getService(chain.client, { id });
  } catch (error) {
    if (error instanceof NotFoundError) throw new FieldError("service", `There is no service ${id}.`);
    throw error;
  }
}

async function channelOf({ chain }: FormContext, id: Uint8Array): Promise<Channel> {
  try {
    return await getChannel(chain.client, { idHex: toHex(id) });
  } catch (error) {
    if (error instanceof NotFoundError) throw new FieldError("channel", "There is no channel with this id.");
    throw error;
  }
}

/** Channels of the account in one state. */
function ownChannels(status: ChannelStatus, none: string): Input {
  return {
    kind: "choice",
    none,
    async choices({ chain, network, address }): Promise<Choice[]> {
      const [channels, services] = await Promise.all([
        getChannels(chain.client, { payer: address, limit: MAX_CHOICES, reverse: true }),
        getServices(chain.client, { all: true, limit: MAX_CHOICES }),
      ]);
      return channels
        .filter((channel) => channel.status === status)
        .map(({ id, service, avail, denom }) => {
          const entry = services.find((candidate) => candidate.service?.id === service);
          const name = entry ? nameOf(entry) : `Service ${service}`;
          const left = formatIn(BigInt(avail), unitOf(denom, network));
          return { value: toHex(id), label: `${name}: ${left} left (${toHex(id).slice(0, 8)})` };
        });
    },
  };
}

async function stateOf(context: FormContext, id: Uint8Array): Promise<Fact[]> {
  const channel = await channelOf(context, id);
  const unit = unitOf(channel.denom, context.network);
  const states: Partial<Record<ChannelStatus, string>> = {
    [ChannelStatus.OPEN]: "open",
    [ChannelStatus.CLOSING]: `closing; it can be finalised from height ${channel.closeHeight} on`,
    [ChannelStatus.CLOSED]: "closed",
  };
  return [
    { label: "Channel", value: toHex(id), to: `/channels/${toHex(id)}` },
    { label: "It is", value: states[channel.status] ?? "unknown" },
    { label: "In it", value: formatIn(BigInt(channel.avail), unit) },
    ...(channel.status === ChannelStatus.CLOSED
      ? [{ label: "Came back", value: formatIn(BigInt(channel.returned), unit), to: "/transact/withdraw" }]
      : []),
  ];
}

const channelSchema = () => z.object({ channel: hexOf(32, "channel's id") });

// --- forms

const FOR_THIS_BROWSER = "browser";
const FOR_ANOTHER = "other";

export const openChannel = defineForm({
  id: "open-channel",
  group: "Paid answers",
  title: "Open a channel",
  lead: "Locks coins for the answers of one service, so that you then pay per call without a transaction. What you do not spend comes back.",
  action: "Review",
  fields: [
    {
      name: "service",
      label: "Service",
      input: {
        kind: "choice",
        none: "Nobody offers a paid service now.",
        async choices({ chain, network }) {
          const services = await getServices(chain.client, { limit: MAX_CHOICES });
          return services.flatMap((entry) => {
            const { service } = entry;
            if (!service || service.price === 0n) return [];
            const price = formatIn(service.price, unitOf(service.denom, network));
            return [{ value: service.id.toString(), label: `${nameOf(entry)}: ${price} per answer` }];
          });
        },
      },
    },
    {
      name: "amount",
      label: "Deposit",
      hint: "It stays yours until you pay for answers with it.",
      initial: "1",
      input: { kind: "amount" },
    },
    {
      name: "keeper",
      label: "Who pays for answers with it",
      initial: FOR_THIS_BROWSER,
      input: {
        kind: "options",
        options: [
          { value: FOR_THIS_BROWSER, label: "This browser: the playground uses it" },
          { value: FOR_ANOTHER, label: "Another program, whose voucher key I paste" },
        ],
      },
    },
    {
      name: "voucherKey",
      label: "Voucher key of the other program",
      hint: "Its ed25519 public key: 64 digits of hex.",
      input: { kind: "text", mono: true },
      matters: ({ keeper }) => keeper === FOR_ANOTHER,
    },
    {
      name: "lanes",
      label: "Calls at a time",
      hint: `How many calls the channel can pay for side by side, up to ${MAX_LANES}.`,
      initial: String(LANES),
      input: { kind: "text" },
    },
  ],
  schema: () =>
    z
      .object({
        service: whole({ min: 1n, what: "service's number" }),
        amount: z.string(),
        keeper: z.enum([FOR_THIS_BROWSER, FOR_ANOTHER], { error: "Choose one." }),
        voucherKey: z.string(),
        lanes: whole({ min: 1n, max: BigInt(MAX_LANES) }),
      })
      .transform((values, context) => {
        if (values.keeper === FOR_THIS_BROWSER) return { ...values, voucherKey: undefined };
        const read = voucherKey.safeParse(values.voucherKey);
        if (read.success) return { ...values, voucherKey: read.data };
        context.addIssue({
          code: "custom",
          path: ["voucherKey"],
          message: read.error.issues[0]?.message ?? "",
        });
        return z.NEVER;
      }),
  async plan(values, context) {
    const { chain, network, address: payer } = context;
    const { client } = chain;
    const entry = await serviceOf(context, values.service);
    const { service } = entry;
    if (service?.status !== ServiceStatus.ACTIVE)
      throw new FieldError("service", "This service is not offered any more.");
    if (service.price === 0n)
      throw new FieldError("service", "This service is free: call it without a channel.");
    const { id, denom, price, promise } = service;
    const unit = unitOf(denom, network);
    const amount = amountOf(values.amount, "amount", unit);
    const { denoms, graceBlocks } = await getMarketParams(client);
    const least = BigInt(denoms.find((allowed) => allowed.denom === denom)?.minDeposit ?? 0);
    if (amount < least) throw new FieldError("amount", `At least ${formatIn(least, unit)}.`);

    const lanes = Number(values.lanes);
    const n = await getPayerCounter(client, { payer });
    const hex = toHex(channelId(network.chainId, addressBytes(payer), n));
    const existing = (await getChannels(client, { payer, limit: MAX_CHOICES, reverse: true })).some(
      (channel) => channel.service === id && channel.status === ChannelStatus.OPEN,
    );
    const opening =
      values.voucherKey === undefined
        ? await prepareOpening(await context.openStore(), {
            chainId: network.chainId,
            payer,
            service: id,
            n,
            lanes,
            denom,
            price,
            deposit: amount,
          })
        : undefined;
    const key = values.voucherKey ?? opening?.voucherKey;
    if (!key) throw new FieldError("voucherKey", "Paste the other program's key.");
    return {
      messages: [
        openMessage({
          payer,
          service: id,
          n,
          voucherKey: key,
          lanes,
          deposit: { denom, amount },
          minPromise: promise,
        }),
      ],
      effect: [
        `You lock ${formatIn(amount, unit)} in a channel with ${nameOf(entry)}: about ${(amount / price).toLocaleString("en")} answers at ${formatIn(price, unit)} each.`,
        `You get back what is not spent: close the channel, wait ${graceBlocks} blocks, finalise it.`,
        opening
          ? "The key that pays is kept in this browser. If its data is deleted, the channel can only be closed."
          : "Whoever holds the other program's key can spend all of it with this service.",
      ],
      ...(existing && {
        warning: "You have an open channel with this service already. Topping that one up is cheaper.",
      }),
      spends: [{ denom, amount }],
      ...(opening && { before: opening.write, undo: opening.forget }),
      async outcome() {
        await opening?.opened();
        return stateOf(context, fromHex(hex));
      },
    };
  },
});

const voucherKey = hexOf(32, "public key").superRefine((key, context) => {
  try {
    checkKey(key);
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error;
    context.addIssue({ code: "custom", message: error.message });
  }
});

export const topUp = defineForm({
  id: "top-up",
  group: "Paid answers",
  title: "Top up a channel",
  lead: "Adds coins to an open channel, so that it pays for more answers.",
  action: "Review",
  fields: [
    {
      name: "channel",
      label: "Channel",
      input: ownChannels(ChannelStatus.OPEN, "This account has no open channel."),
    },
    { name: "amount", label: "Amount", input: { kind: "amount" } },
  ],
  schema: () => channelSchema().extend({ amount: z.string() }),
  async plan({ channel: id, amount: text }, context) {
    const channel = await channelOf(context, id);
    if (channel.status !== ChannelStatus.OPEN) throw new FieldError("channel", "This channel is not open.");
    const { denom, payer, funder } = channel;
    const unit = unitOf(denom, context.network);
    const amount = amountOf(text, "amount", unit);
    const { address: sender } = context;
    return {
      messages: [topUpMessage({ sender, channel: id, amount: { denom, amount } })],
      effect: [
        `You lock ${formatIn(amount, unit)} more in the channel. What is not spent comes back when it closes.`,
      ],
      ...(![payer, funder].includes(sender) && {
        warning: `This channel is not yours: what is left of it goes to ${funder}.`,
      }),
      spends: [{ denom, amount }],
      outcome: () => stateOf(context, id),
    };
  },
});

export const closeChannel = defineForm({
  id: "close-channel",
  group: "Paid answers",
  title: "Close a channel",
  lead: "Ends a channel. Its provider can claim what you owe for a while; then what is left is yours again.",
  action: "Review",
  fields: [
    {
      name: "channel",
      label: "Channel",
      input: ownChannels(ChannelStatus.OPEN, "This account has no open channel."),
    },
  ],
  schema: channelSchema,
  async plan({ channel: id }, context) {
    const { chain, network, address: sender } = context;
    const channel = await channelOf(context, id);
    if (channel.status !== ChannelStatus.OPEN) throw new FieldError("channel", "This channel is not open.");
    const { service } = await serviceOf(context, channel.service);
    const left = formatIn(BigInt(channel.avail), unitOf(channel.denom, network));
    const convicted = service?.status === ServiceStatus.CONVICTED;
    const byProvider = channel.split?.provider === sender;
    return {
      messages: [closeMessage({ sender, channel: id })],
      effect:
        convicted || byProvider
          ? [`The channel closes at once; ${left} go back to whoever paid them in.`]
          : [
              `No new calls can be paid with the channel. ${left} are in it; its provider can still claim what it is owed.`,
              `In ${channel.graceBlocks} blocks, finalise it to get back what is left.`,
            ],
      ...(byProvider && {
        warning:
          "You are its provider: vouchers that you have not claimed are lost. Your program closes it with them.",
      }),
      spends: [],
      async outcome({ msgResponses: [response] }) {
        const height = response ? MsgCloseChannelResponse.decode(response.value).closeHeight : 0n;
        const { syncInfo } = await chain.client.comet.status();
        const wait = Number(height) - syncInfo.latestBlockHeight;
        return [
          ...(await stateOf(context, id)),
          ...(height > 0n
            ? [
                {
                  label: "Next",
                  value: wait > 0 ? `Finalise it in ${wait} blocks` : "Finalise it now",
                  to: `/transact/finalise-channel?channel=${toHex(id)}`,
                },
              ]
            : []),
        ];
      },
    };
  },
});

export const finaliseChannel = defineForm({
  id: "finalise-channel",
  group: "Paid answers",
  title: "Finalise a channel",
  lead: "Ends a closing channel whose waiting time is over, and credits what is left to whoever paid it in.",
  action: "Review",
  fields: [
    {
      name: "channel",
      label: "Channel",
      input: ownChannels(ChannelStatus.CLOSING, "None of this account's channels is closing."),
    },
  ],
  schema: channelSchema,
  async plan({ channel: id }, context) {
    const { chain, network, address: sender } = context;
    const channel = await channelOf(context, id);
    if (channel.status !== ChannelStatus.CLOSING)
      throw new FieldError(
        "channel",
        channel.status === ChannelStatus.OPEN
          ? "This channel is open: close it first."
          : "This channel is closed.",
      );
    const { syncInfo } = await chain.client.comet.status();
    const wait = Number(channel.closeHeight) - syncInfo.latestBlockHeight;
    if (wait > 0)
      throw new FieldError(
        "channel",
        `Its provider may claim up to height ${channel.closeHeight}: ${wait} blocks more.`,
      );
    const left = formatIn(BigInt(channel.avail), unitOf(channel.denom, network));
    return {
      messages: [finaliseMessage({ sender, channel: id })],
      effect: [`${left} are credited to ${channel.funder}, who can withdraw them.`],
      spends: [],
      outcome: () => stateOf(context, id),
    };
  },
});
