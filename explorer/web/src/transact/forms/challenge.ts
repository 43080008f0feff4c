import { getChallenges } from "@assay/client/actions/getChallenges";
import { getClock } from "@assay/client/actions/getClock";
import { findEvent } from "@assay/client/events";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { challenge as challengeMessage } from "@assay/client/messages";
import { toHex } from "@cosmjs/encoding";
import { z } from "zod";
import { hexOf, whole } from "../checks.ts";
import { defineForm, FieldError } from "../form.ts";
import { formatIn, unitOf } from "../units.ts";

export const challenge = defineForm({
  id: "challenge",
  group: "Checking",
  title: "Challenge a recorded answer",
  lead: "Makes the chain run a model on one item of a scorer's row. If the record is wrong, the scorer loses a part of its bond.",
  action: "Review",
  fields: [
    {
      name: "epoch",
      label: "Epoch",
      hint: "The running one, while it is in its CHALLENGE phase.",
      input: { kind: "text" },
    },
    { name: "slot", label: "Slot", input: { kind: "text" } },
    { name: "model", label: "Model", hint: "Its id: 64 digits of hex.", input: { kind: "text", mono: true } },
    { name: "item", label: "Item", hint: "Its number in the batch, from 0.", input: { kind: "text" } },
  ],
  schema: () =>
    z.object({
      epoch: whole({ min: 1n, what: "epoch's number" }),
      slot: whole({ what: "slot's number" }),
      model: hexOf(32, "model's id"),
      item: whole({ max: 2n ** 32n - 1n, what: "item's number" }).transform(Number),
    }),
  async plan({ epoch, slot, model, item }, { chain, network, address }) {
    const { clock, params, height } = await getClock(chain.client);
    if (clock.epoch !== epoch)
      throw new FieldError("epoch", `Epoch ${clock.epoch} is running; only its rows can be challenged.`);
    if (clock.phase !== Phase.CHALLENGE)
      throw new FieldError(
        "epoch",
        "This epoch is not in its CHALLENGE phase: rows can be challenged only then.",
      );
    if (item >= params.batchItems)
      throw new FieldError("item", `A batch has ${params.batchItems} items: write a number below that.`);
    const denom = network.denom.base;
    const unit = unitOf(denom, network);
    const bond = BigInt(params.challengeBond);
    const page = `/epochs/${epoch}/slots/${slot}/${toHex(model)}?item=${item}`;
    return {
      messages: [challengeMessage({ challenger: address, epoch, slot, model, item })],
      effect: [
        `You put ${formatIn(bond, unit)} down. The chain runs the model on item ${item} before the phase ends, ${clock.phaseEnd - height} blocks from now.`,
        `If the record is wrong, its scorer loses ${params.scorerSlashBps / 100} % of its bond, half of it to you unless an audit was to find it anyway, and you get yours back.`,
        "If the record is right, your bond is burned. Run the item in your browser first.",
      ],
      spends: [{ denom, amount: bond }],
      async outcome({ events }) {
        const queued = findEvent(events, "EventChallengeQueued")?.challenge;
        const waiting = await getChallenges(chain.client);
        const before = waiting.filter(({ seq }) => queued !== undefined && seq < queued.seq).length;
        return [
          { label: "Challenge", value: queued ? `number ${queued.seq}` : "queued" },
          {
            label: "Its place",
            value: waiting.some(({ seq }) => seq === queued?.seq)
              ? `${before} are run before it`
              : "it was run already",
          },
          { label: "What came of it", value: "Row and verdict", to: page },
        ];
      },
    };
  },
});
