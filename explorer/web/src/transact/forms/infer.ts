import { getArena } from "@assay/client/actions/getArena";
import { getArenas } from "@assay/client/actions/getArenas";
import { getModel } from "@assay/client/actions/getModel";
import { getModels } from "@assay/client/actions/getModels";
import { NotFoundError } from "@assay/client/errors";
import { TensorType, type ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { MsgInferResponse } from "@assay/client/generated/assay/poi/v1/tx";
import { infer as inferMessage } from "@assay/client/messages";
import { toHex } from "@cosmjs/encoding";
import { z } from "zod";
import { cleanText } from "../../../../api/text.ts";
import { anyHex, hexOf } from "../checks.ts";
import { defineForm, FieldError } from "../form.ts";
import { formatIn, unitOf } from "../units.ts";

const NAME_LENGTH = 40;
const MAX_CHOICES = 500;
/** Numbers of an output that are written out. */
const MAX_LOGITS = 32;

const BYTES: Partial<Record<TensorType, number>> = {
  [TensorType.UINT8]: 1,
  [TensorType.INT8]: 1,
  [TensorType.INT16]: 2,
};

/** Size of one item of an arena, in bytes. */
function itemBytes({ inputType, inputShape }: ArenaSpec): number {
  return inputShape.reduce((product, side) => product * side, BYTES[inputType] ?? 0);
}

export const infer = defineForm({
  id: "infer",
  group: "Paid answers",
  title: "Ask a model on the chain",
  lead: "The chain itself runs the model in a block, so that the answer is beyond doubt. It is slower and dearer than a service.",
  action: "Review",
  fields: [
    {
      name: "model",
      label: "Model",
      input: {
        kind: "choice",
        none: "No model is registered yet.",
        async choices({ chain }) {
          const [models, arenas] = await Promise.all([
            getModels(chain.client, { limit: MAX_CHOICES }),
            getArenas(chain.client),
          ]);
          return models
            .filter(({ hasFile }) => hasFile)
            .sort((a, b) => Number(a.arena - b.arena) || b.smoothed - a.smoothed)
            .map(({ id, arena, name }) => {
              const spec = arenas.find((candidate) => candidate.id === arena)?.spec;
              return {
                value: toHex(id),
                label: `${spec?.name ?? arena}: ${cleanText(name, NAME_LENGTH)} (${toHex(id).slice(0, 8)})`,
              };
            });
        },
      },
    },
    { name: "input", label: "Question", input: { kind: "item" } },
  ],
  schema: () =>
    z.object({ model: hexOf(32, "model's id"), input: anyHex("Give the model something to look at") }),
  async plan({ model, input }, { chain, network, address }) {
    const { client } = chain;
    const modelHex = toHex(model);
    const record = await getModel(client, { modelHex }).catch((error: unknown) => {
      if (error instanceof NotFoundError) throw new FieldError("model", "The chain has no such model.");
      throw error;
    });
    const { spec } = (await getArena(client, { arena: record.arena })).arena;
    const expected = spec ? itemBytes(spec) : 0;
    if (input.length !== expected)
      throw new FieldError("input", `This model takes ${expected} bytes; these are ${input.length}.`);
    const unit = unitOf(network.denom.base, network);
    const maxFee = BigInt(record.terms?.inferFee ?? 0);
    const name = cleanText(record.name, NAME_LENGTH);
    return {
      messages: [inferMessage({ sender: address, model, input, maxFee })],
      effect: [
        `The chain runs ${name} on your question and writes the answer into a block. Everybody can read both.`,
        maxFee > 0n
          ? `Its author gets ${formatIn(maxFee, unit)}.`
          : "Its author asks for nothing; you pay the network's fee only.",
      ],
      spends: [{ denom: network.denom.base, amount: maxFee }],
      outcome({ msgResponses: [response] }) {
        const { logits, answer } = MsgInferResponse.decode(response?.value ?? new Uint8Array());
        const label = spec?.labels[answer[0] ?? -1];
        const shown = logits.slice(0, MAX_LOGITS).join(", ");
        return Promise.resolve([
          {
            label: "Answer",
            value: label === undefined ? scalarOf(answer) : cleanText(label, NAME_LENGTH),
          },
          { label: "The model's numbers", value: logits.length > MAX_LOGITS ? `${shown}, …` : shown },
          { label: "Model", value: name, to: `/models/${modelHex}` },
        ]);
      },
    };
  },
});

/** An answer of a scalar arena: int32, little-endian. */
function scalarOf(answer: Uint8Array): string {
  if (answer.length !== 4) return toHex(answer);
  return new DataView(answer.buffer, answer.byteOffset, 4).getInt32(0, true).toString();
}
