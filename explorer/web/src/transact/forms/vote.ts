import { VoteOption } from "cosmjs-types/cosmos/gov/v1beta1/gov";
import type { MsgVote } from "cosmjs-types/cosmos/gov/v1beta1/tx";
import { ProposalStatus } from "cosmjs-types/cosmos/gov/v1/gov";
import { QueryClientImpl as GovQuery } from "cosmjs-types/cosmos/gov/v1/query";
import { z } from "zod";
import { cleanText } from "../../../../api/text.ts";
import { whole } from "../checks.ts";
import { defineForm, FieldError } from "../form.ts";
import { formatIn, unitOf } from "../units.ts";

const TITLE_LENGTH = 80;

const ANSWERS = {
  yes: { option: VoteOption.VOTE_OPTION_YES, label: "Yes" },
  no: { option: VoteOption.VOTE_OPTION_NO, label: "No" },
  abstain: { option: VoteOption.VOTE_OPTION_ABSTAIN, label: "Abstain: count me as present only" },
  veto: {
    option: VoteOption.VOTE_OPTION_NO_WITH_VETO,
    label: "No, with veto: it is harmful, and its deposit should be burned",
  },
} as const;

export const vote = defineForm({
  id: "vote",
  group: "Staking and voting",
  title: "Vote on a proposal",
  lead: "Says what you think of a change to the chain. Your stake is the weight of your vote.",
  action: "Review",
  fields: [
    {
      name: "proposal",
      label: "Proposal",
      input: {
        kind: "choice",
        none: "No proposal is open for votes now.",
        async choices({ chain }) {
          const { proposals } = await new GovQuery(chain.rpc).Proposals({
            proposalStatus: ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD,
            voter: "",
            depositor: "",
          });
          return proposals.map(({ id, title }) => ({
            value: id.toString(),
            label: `${id}: ${cleanText(title, TITLE_LENGTH)}`,
          }));
        },
      },
    },
    {
      name: "answer",
      label: "Your vote",
      input: {
        kind: "options",
        options: Object.entries(ANSWERS).map(([value, { label }]) => ({ value, label })),
      },
    },
  ],
  schema: () =>
    z.object({
      proposal: whole({ min: 1n, what: "proposal's number" }),
      answer: z.enum(Object.keys(ANSWERS) as (keyof typeof ANSWERS)[], { error: "Choose an answer." }),
    }),
  async plan({ proposal: proposalId, answer }, { chain, network, address }) {
    const gov = new GovQuery(chain.rpc);
    const { proposal } = await gov.Proposal({ proposalId });
    if (proposal?.status !== ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD)
      throw new FieldError("proposal", "This proposal is not open for votes.");
    const { delegationResponses } = await chain.client.staking.DelegatorDelegations({
      delegatorAddr: address,
    });
    const { option, label } = ANSWERS[answer];
    const value: MsgVote = { proposalId, voter: address, option };
    return {
      messages: [{ typeUrl: "/cosmos.gov.v1beta1.MsgVote", value }],
      effect: [
        `You vote "${label}" on proposal ${proposalId}: ${cleanText(proposal.title, TITLE_LENGTH)}.`,
        "Until the voting ends you can vote again; the last vote counts.",
      ],
      ...(delegationResponses.length === 0 && {
        warning: "This account has staked nothing, so its vote has no weight.",
      }),
      spends: [],
      async outcome() {
        const { tally } = await gov.TallyResult({ proposalId });
        const { vote: kept } = await gov.Vote({ proposalId, voter: address });
        // Both versions of the module number the options alike.
        const option: number | undefined = kept?.options[0]?.option;
        const counted = Object.values(ANSWERS).find((entry) => Number(entry.option) === option);
        return [
          { label: "Your vote", value: counted?.label ?? "not recorded" },
          {
            label: "Yes so far",
            value: `${formatIn(BigInt(tally?.yesCount ?? 0), unitOf(network.denom.base, network))} of stake`,
            to: `/governance/${proposalId}`,
          },
        ];
      },
    };
  },
});
