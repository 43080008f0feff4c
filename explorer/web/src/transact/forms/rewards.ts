import { getBalance } from "@assay/client/actions/getBalance";
import { getCredits } from "@assay/client/actions/getCredits";
import { getRewards } from "@assay/client/actions/getRewards";
import { MsgWithdrawResponse } from "@assay/client/generated/assay/marketplace/v1/tx";
import { MsgClaimRewardsResponse } from "@assay/client/generated/assay/poi/v1/tx";
import { claimRewards as claimRewardsMessage, withdraw as withdrawMessage } from "@assay/client/messages";
import { z } from "zod";
import { defineForm } from "../form.ts";
import { formatIn, unitOf } from "../units.ts";

export const claimRewards = defineForm({
  id: "claim-rewards",
  group: "Offering models",
  title: "Claim rewards",
  lead: "Brings what your models, your scoring or your data have earned in epochs to your account.",
  action: "See what there is",
  fields: [],
  schema: () => z.object({}),
  async plan(_, { network, chain, address }) {
    const denom = network.denom.base;
    const unit = unitOf(denom, network);
    const there = await getRewards(chain.client, { address });
    return {
      messages: [claimRewardsMessage({ owner: address })],
      effect: [`${formatIn(there, unit)} come to your account.`],
      spends: [],
      async outcome({ msgResponses: [response] }) {
        const got = response ? MsgClaimRewardsResponse.decode(response.value).amount : "0";
        const has = await getBalance(chain.client, { address, denom });
        return [
          { label: "Claimed", value: formatIn(BigInt(got), unit) },
          { label: "You have now", value: formatIn(has, unit) },
        ];
      },
    };
  },
});

export const withdraw = defineForm({
  id: "withdraw",
  group: "Paid answers",
  title: "Withdraw market credits",
  lead: "Brings what the market has credited to you to your account: sold answers, royalties, deposits that came back.",
  action: "See what there is",
  fields: [],
  schema: () => z.object({}),
  async plan(_, { network, chain, address }) {
    const credits = await getCredits(chain.client, { owner: address });
    const listed = credits.map(({ denom, amount }) => formatIn(amount, unitOf(denom, network)));
    return {
      messages: [withdrawMessage({ owner: address })],
      effect: [`${listed.join(" and ") || "Nothing"} comes to your account.`],
      spends: [],
      async outcome({ msgResponses: [response] }) {
        const got = response ? MsgWithdrawResponse.decode(response.value).amount : [];
        const has = await getBalance(chain.client, { address });
        return [
          ...got.map(({ denom, amount }) => ({
            label: "Withdrawn",
            value: formatIn(BigInt(amount), unitOf(denom, network)),
          })),
          { label: "You have now", value: formatIn(has, unitOf(network.denom.base, network)) },
        ];
      },
    };
  },
});
