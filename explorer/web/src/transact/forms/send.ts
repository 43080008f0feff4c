import { getBalance } from "@assay/client/actions/getBalance";
import { sendTokens } from "@assay/client/messages";
import { z } from "zod";
import { addressWith, amountIn } from "../checks.ts";
import { defineForm } from "../form.ts";
import { formatIn, unitOf } from "../units.ts";

export const send = defineForm({
  id: "send",
  group: "Coins",
  title: "Send coins",
  lead: "Moves coins from your account to another one. It cannot be taken back.",
  action: "Review",
  fields: [
    { name: "to", label: "To", hint: "The address that gets them.", input: { kind: "text", mono: true } },
    { name: "amount", label: "Amount", input: { kind: "amount" } },
  ],
  schema: ({ network }) =>
    z.object({
      to: addressWith(network.bech32Prefix),
      amount: amountIn(unitOf(network.denom.base, network)),
    }),
  plan({ to, amount }, { network, chain, address }) {
    const denom = network.denom.base;
    const unit = unitOf(denom, network);
    return Promise.resolve({
      messages: [sendTokens({ from: address, to, amount })],
      effect: [
        `${formatIn(amount, unit)} go to ${to}.`,
        "Nobody can take this back but whoever owns that address.",
      ],
      ...(to === address && { warning: "This is your own address." }),
      spends: [{ denom, amount }],
      outcome: async () => {
        const [own, other] = await Promise.all(
          [address, to].map((of) => getBalance(chain.client, { address: of, denom })),
        );
        return [
          { label: "You have now", value: formatIn(own ?? 0n, unit) },
          { label: "The receiver has", value: formatIn(other ?? 0n, unit), to: `/accounts/${to}` },
        ];
      },
    });
  },
});
