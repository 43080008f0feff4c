import { getArenas } from "@assay/client/actions/getArenas";
import { getMarketParams } from "@assay/client/actions/getMarketParams";
import { getModels } from "@assay/client/actions/getModels";
import { getService } from "@assay/client/actions/getService";
import { MsgListServiceResponse } from "@assay/client/generated/assay/marketplace/v1/tx";
import { checkKey, SigningKeyError } from "@assay/client/market/ed25519";
import { listService as listMessage } from "@assay/client/messages";
import { fromHex, toHex } from "@cosmjs/encoding";
import { z } from "zod";
import { cleanText } from "../../../../api/text.ts";
import { amountOrZeroIn, hexOf, percent, textUpTo, webAddress } from "../checks.ts";
import { defineForm, type Choice, type FormContext } from "../form.ts";
import { formatIn, unitOf } from "../units.ts";

/** Limits of a service's texts, in bytes (x/marketplace). */
const MAX_NAME = 64;
const MAX_DESCRIPTION = 1024;
const MAX_ENDPOINT = 256;
const MODEL_NAME_LENGTH = 40;
const MAX_CHOICES = 500;
const NO_MODEL = "none";
/** The one protocol services speak so far. */
const INTERFACE = "oip.v2";

async function models({ chain }: FormContext): Promise<Choice[]> {
  const [all, arenas] = await Promise.all([
    getModels(chain.client, { limit: MAX_CHOICES }),
    getArenas(chain.client),
  ]);
  const arenaName = (id: bigint) => arenas.find((arena) => arena.id === id)?.spec?.name ?? `arena ${id}`;
  return [
    ...all
      .filter(({ hasFile }) => hasFile)
      .sort((a, b) => b.smoothed - a.smoothed)
      .map(({ id, arena, name, smoothed }) => ({
        value: toHex(id),
        label: `${cleanText(name, MODEL_NAME_LENGTH)} (${arenaName(arena)}, ${(smoothed / 10_000).toFixed(1)} % right)`,
      })),
    { value: NO_MODEL, label: "No model of this chain: nobody can verify the answers" },
  ];
}

export const listService = defineForm({
  id: "list-service",
  group: "Offering models",
  title: "Offer a service",
  lead: "Puts a server that runs a model on the market, with its price and a bond that a wrong answer costs.",
  action: "Review",
  fields: [
    {
      name: "model",
      label: "Model",
      input: { kind: "choice", choices: models, none: "No model is registered yet." },
    },
    { name: "name", label: "Name", hint: `At most ${MAX_NAME} bytes.`, input: { kind: "text" } },
    {
      name: "description",
      label: "Description",
      hint: "What buyers should know. Plain text.",
      input: { kind: "long-text", rows: 3 },
    },
    {
      name: "endpoint",
      label: "Address of the server",
      hint: "Where your program answers, e.g. https://models.example.",
      input: { kind: "text", mono: true, placeholder: "https://" },
    },
    { name: "price", label: "Price of an answer", hint: "0 for free.", input: { kind: "amount" } },
    {
      name: "promise",
      label: "Promised accuracy, in %",
      hint: "0 promises nothing. If the model does worse than promised, you are paid less. It needs a scored model.",
      initial: "0",
      input: { kind: "text" },
    },
    {
      name: "servingKey",
      label: "Serving key",
      hint: "The ed25519 public key of your program, which signs answers: 64 digits of hex. It can never be changed.",
      input: { kind: "text", mono: true },
    },
  ],
  schema: ({ network }) =>
    z.object({
      model: z.union([z.literal(NO_MODEL), hexOf(32, "model's id")], { error: "Choose a model." }),
      name: textUpTo(MAX_NAME),
      description: textUpTo(MAX_DESCRIPTION, { empty: true }),
      endpoint: webAddress(MAX_ENDPOINT),
      price: amountOrZeroIn(unitOf(network.denom.base, network)),
      promise: percent(),
      servingKey: hexOf(32, "public key").superRefine((key, context) => {
        try {
          checkKey(key);
        } catch (error) {
          if (!(error instanceof SigningKeyError)) throw error;
          context.addIssue({ code: "custom", message: error.message });
        }
      }),
    }),
  async plan({ model, ...terms }, context) {
    const { chain, network, address } = context;
    const denom = network.denom.base;
    const unit = unitOf(denom, network);
    const { serviceBond, unbondingBlocks } = await getMarketParams(chain.client);
    const exact = model !== NO_MODEL;
    const bond = exact ? BigInt(serviceBond) : 0n;
    return {
      messages: [
        listMessage({
          ...terms,
          provider: address,
          interface: INTERFACE,
          model: exact ? model : fromHex(""),
          denom,
          bond,
        }),
      ],
      effect: [
        terms.price === 0n
          ? "Anyone can call the service for free."
          : `Buyers pay ${formatIn(terms.price, unit)} for an answer.`,
        exact
          ? `You lock a bond of ${formatIn(bond, unit)}. One wrong answer costs all of it; after closing the service it comes back in ${unbondingBlocks} blocks.`
          : "It needs no bond, and every page will call its answers unverified.",
        "Model and serving key stay as they are for ever; the rest can be changed.",
      ],
      spends: [{ denom, amount: bond }],
      async outcome({ msgResponses: [response] }) {
        const id = response ? MsgListServiceResponse.decode(response.value).service : 0n;
        const entry = await getService(chain.client, { id });
        return [
          { label: "Your service", value: `Service ${id}`, to: `/services/${id}` },
          { label: "Bond", value: formatIn(BigInt(entry.service?.bond ?? 0), unit) },
        ];
      },
    };
  },
});
