import { fromHex, toHex } from "@cosmjs/encoding";
import { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import {
  ProposalStatus,
  VoteOption,
  type Proposal as ChainProposal,
  type TallyResult,
} from "cosmjs-types/cosmos/gov/v1/gov";
import type { QueryClientImpl as GovQuery } from "cosmjs-types/cosmos/gov/v1/query";
import { z } from "zod";
import { NotFoundError } from "@assay/client/errors";
import type { Coin } from "../../wire/common.ts";
import {
  getProposal,
  listProposals,
  listVotes,
  type Proposal,
  type proposalDetail,
  type Tally,
  type Vote,
} from "../../wire/staking.ts";
import { Shortener } from "../chain/shown.ts";
import { notFound } from "../http/errors.ts";
import { decodeCursor, encodeCursor, pageOf } from "../http/page.ts";
import { serve, type ApiContext, type Route } from "../http/route.ts";
import { cleanText } from "../text.ts";
import { decimalPpm, plainCoins, queriesOf, timeOf } from "./queries.ts";

const TITLE_LENGTH = 200;
const TEXT_LENGTH = 10_000;
const TYPE_LENGTH = 200;
const MESSAGES = 50;
const VALUES = 5_000;
const DEPOSITS = 100;

export const governanceRoutes: readonly Route[] = [
  serve(listProposals, async ({ node }, { query: { limit, cursor } }) => {
    const [key] = decodeCursor(cursor, z.tuple([z.string().regex(/^(?:[0-9a-f]{2}){1,80}$/)])) ?? [""];
    const { value, ...stated } = await node.ask(`staking/proposals/${limit}/${key}`, async (client) => {
      const { gov } = queriesOf(client);
      const { proposals, pagination } = await gov.Proposals({
        proposalStatus: ProposalStatus.PROPOSAL_STATUS_UNSPECIFIED,
        voter: "",
        depositor: "",
        pagination: PageRequest.fromPartial({ key: fromHex(key), limit: BigInt(limit), reverse: true }),
      });
      const next = pagination?.nextKey ?? new Uint8Array();
      return {
        items: await Promise.all(proposals.map(async (one) => proposalOf(one, await readTally(gov, one)))),
        next: next.length === 0 ? null : encodeCursor([toHex(next)]),
      };
    });
    return { ...value, ...stated };
  }),

  serve(getProposal, async ({ node, db, decoder }, { params: { proposal } }) => {
    const stated = await node
      .ask(`staking/proposal/${proposal}`, (client) => readProposal(queriesOf(client).gov, proposal, decoder))
      .catch((error: unknown) => {
        if (error instanceof NotFoundError) throw notFound(`There is no proposal ${proposal}.`);
        throw error;
      });
    const bonded = await node.ask("staking/bonded", async (client) => {
      const { pool } = await client.staking.Pool({});
      return pool.bondedTokens;
    });
    const rows = await db
      .selectFrom("gov_deposit")
      .selectAll()
      .where("proposal", "=", proposal)
      .orderBy("height")
      .orderBy("place")
      .limit(DEPOSITS)
      .execute();
    return {
      ...stated,
      value: { ...stated.value, bonded: bonded.value },
      deposits: rows.map(({ depositor, coins, height, tx_hash }) => ({
        depositor,
        coins: coinsOf(coins),
        height,
        txHash: tx_hash,
      })),
    };
  }),

  serve(listVotes, async ({ db }, { params: { proposal }, query: { limit, cursor } }) => {
    const place = decodeCursor(cursor, z.tuple([z.int(), z.int(), z.string()]));
    let rows = db.selectFrom("gov_vote").selectAll().where("proposal", "=", proposal);
    if (place !== undefined) {
      rows = rows.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("height", "tx", "voter"), "<", tuple(...place)),
      );
    }
    const found = await rows
      .orderBy("height", "desc")
      .orderBy("tx", "desc")
      .orderBy("voter", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(
      found,
      limit,
      ({ height, tx, voter }) => [height, tx, voter],
      ({ voter, options, height, tx_hash }) => ({
        voter,
        options: optionsOf(options),
        height,
        txHash: tx_hash,
      }),
    );
  }),
];

const STATUS: Readonly<Partial<Record<ProposalStatus, Proposal["status"]>>> = {
  [ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD]: "deposit",
  [ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD]: "voting",
  [ProposalStatus.PROPOSAL_STATUS_PASSED]: "passed",
  [ProposalStatus.PROPOSAL_STATUS_REJECTED]: "rejected",
  [ProposalStatus.PROPOSAL_STATUS_FAILED]: "failed",
};

/** The final tally is empty until voting is over. */
async function readTally(gov: GovQuery, { id, status, finalTallyResult }: ChainProposal): Promise<Tally> {
  if (status !== ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD) return tallyOf(finalTallyResult);
  return tallyOf((await gov.TallyResult({ proposalId: id })).tally);
}

function tallyOf(tally: TallyResult | undefined): Tally {
  return {
    yes: tally?.yesCount || "0",
    no: tally?.noCount || "0",
    abstain: tally?.abstainCount || "0",
    veto: tally?.noWithVetoCount || "0",
  };
}

function proposalOf(one: ChainProposal, tally: Tally): Proposal {
  return {
    id: Number(one.id),
    title: cleanText(one.title, TITLE_LENGTH),
    status: STATUS[one.status] ?? "unknown",
    expedited: one.expedited,
    proposer: one.proposer,
    types: one.messages.slice(0, MESSAGES).map(({ typeUrl }) => cleanText(typeUrl, TYPE_LENGTH)),
    submitted: timeOf(one.submitTime),
    depositEnd: timeOf(one.depositEndTime),
    votingStart: timeOf(one.votingStartTime),
    votingEnd: timeOf(one.votingEndTime),
    tally,
  };
}

async function readProposal(
  gov: GovQuery,
  id: number,
  decoder: ApiContext["decoder"],
): Promise<Omit<z.output<typeof proposalDetail>, "bonded">> {
  const [{ proposal }, { params }] = await Promise.all([
    gov.Proposal({ proposalId: BigInt(id) }),
    gov.Params({ paramsType: "" }),
  ]);
  if (proposal === undefined) throw notFound(`There is no proposal ${id}.`);
  const shortener = new Shortener(VALUES);
  return {
    ...proposalOf(proposal, await readTally(gov, proposal)),
    summary: cleanText(proposal.summary, TEXT_LENGTH),
    metadata: cleanText(proposal.metadata, TEXT_LENGTH),
    failedReason: cleanText(proposal.failedReason, TEXT_LENGTH),
    messages: proposal.messages.slice(0, MESSAGES).map(({ typeUrl, value }) => {
      const decoded = decoder.decode(typeUrl, value);
      return {
        typeUrl: cleanText(typeUrl, TYPE_LENGTH),
        value: decoded === undefined ? null : shortener.shorten(decoded),
      };
    }),
    deposit: plainCoins(proposal.totalDeposit),
    minDeposit: plainCoins((proposal.expedited ? params?.expeditedMinDeposit : params?.minDeposit) ?? []),
    quorumPpm: decimalPpm(params?.quorum ?? ""),
    thresholdPpm: decimalPpm((proposal.expedited ? params?.expeditedThreshold : params?.threshold) ?? ""),
    vetoPpm: decimalPpm(params?.vetoThreshold ?? ""),
  };
}

/** "12uassay,3uother" */
function coinsOf(text: string): Coin[] {
  return text.split(",").flatMap((coin) => {
    const [, amount, denom] = /^(\d+)(.+)$/.exec(coin) ?? [];
    return amount === undefined || denom === undefined ? [] : [{ amount, denom }];
  });
}

const OPTION: Readonly<Partial<Record<number, Vote["options"][number]["option"]>>> = {
  [VoteOption.VOTE_OPTION_YES]: "yes",
  [VoteOption.VOTE_OPTION_NO]: "no",
  [VoteOption.VOTE_OPTION_ABSTAIN]: "abstain",
  [VoteOption.VOTE_OPTION_NO_WITH_VETO]: "veto",
};

function optionsOf(json: string): Vote["options"] {
  const options = JSON.parse(json) as [number, number][];
  return options.map(([option, weightPpm]) => ({ option: OPTION[option] ?? "unknown", weightPpm }));
}
