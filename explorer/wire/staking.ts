import { z } from "zod";
import { json } from "./chain.ts";
import { amount, coin, height, id, none, page, pageQuery, stated, time } from "./common.ts";
import { defineRoute } from "./route.ts";

/** Validators and stake, governance, parameters, and where coins come from and go. */

const count = z.int().nonnegative();
const ppm = z.int().min(0).meta({ description: "Parts per million." });

/**
 * Blocks up to `to`, oldest first, one letter each: "s" signed, "m" missed, "-" not a validator then. Empty when nothing
 * is indexed.
 */
export const uptime = z.object({ to: count, marks: z.string().regex(/^[sm-]*$/) });
export type Uptime = z.output<typeof uptime>;

export const validatorStatus = z.enum(["bonded", "unbonding", "unbonded"]);

export const validator = z.object({
  /** Address of the operator, `assayvaloper1…`. */
  operator: z.string(),
  /** The operator's account. */
  account: z.string(),
  /** Consensus address as blocks have it, upper-case hex. */
  consensus: z.string(),
  moniker: z.string(),
  status: validatorStatus,
  jailed: z.boolean(),
  /** Convicted of signing twice: it can never come back. */
  tombstoned: z.boolean(),
  tokens: amount,
  /** Share of all bonded tokens, 0 unless bonded. */
  powerPpm: ppm,
  commissionPpm: ppm,
  /** Blocks missed within the slashing window, as the chain counts. */
  missed: count,
});
export type Validator = z.output<typeof validator>;

export const validatorList = z.object({
  validators: z.array(validator.extend({ uptime })),
  /** Tokens of all bonded validators. */
  bonded: amount,
  /** Blocks of the slashing window. */
  window: count,
});

export const listValidators = defineRoute({
  path: "/api/validators",
  tag: "staking",
  summary: "All validators with stake, commission and who signed the newest blocks",
  params: none,
  query: none,
  answer: stated(validatorList),
});

export const validatorDetail = validator.extend({
  website: z.string(),
  identity: z.string(),
  securityContact: z.string(),
  details: z.string(),
  /** How far and how fast the commission may be raised. */
  maxCommissionPpm: ppm,
  maxCommissionChangePpm: ppm,
  minSelfBond: amount,
  /** Staked by the operator's own account. */
  selfBond: amount,
  delegators: count,
  /** Earned and not withdrawn yet: of everyone staking here, and the operator's commission. */
  outstandingRewards: z.array(coin),
  commission: z.array(coin),
  /** While jailed: until when. */
  jailedUntil: time.nullable(),
  /** While unbonding: when it is done. */
  unbondsAt: time.nullable(),
  /** Blocks of the slashing window, and how many of them it must sign. */
  window: count,
  minSigned: count,
});

export const getValidator = defineRoute({
  path: "/api/validators/{operator}",
  tag: "staking",
  summary: "A validator, by the address of its operator, of its account, or its consensus address in hex",
  params: z.object({
    operator: z
      .string()
      .regex(
        /^(?:assay(?:valoper)?1[02-9ac-hj-np-z]{38,58}|[0-9a-fA-F]{40})$/,
        "this is no validator's address",
      ),
  }),
  query: none,
  answer: stated(validatorDetail).extend({ uptime }),
});

export const delegation = z.object({ delegator: z.string(), amount });

export const listDelegations = defineRoute({
  path: "/api/validators/{operator}/delegations",
  tag: "staking",
  summary: "Who stakes with a validator, in the chain's order",
  params: z.object({ operator: z.string().regex(/^assayvaloper1[02-9ac-hj-np-z]{38,58}$/) }),
  query: pageQuery,
  answer: page(delegation),
});

export const proposalStatus = z.enum(["deposit", "voting", "passed", "rejected", "failed", "unknown"]);

/** Votes by option, in base units of stake. */
export const tally = z.object({ yes: amount, no: amount, abstain: amount, veto: amount });
export type Tally = z.output<typeof tally>;

export const proposal = z.object({
  id: count,
  title: z.string(),
  status: proposalStatus,
  expedited: z.boolean(),
  proposer: z.string(),
  /** Type URLs of its messages, in order. */
  types: z.array(z.string()),
  submitted: time.nullable(),
  depositEnd: time.nullable(),
  votingStart: time.nullable(),
  votingEnd: time.nullable(),
  /** So far while it is voted on, else as it ended. */
  tally,
});
export type Proposal = z.output<typeof proposal>;

export const listProposals = defineRoute({
  path: "/api/governance/proposals",
  tag: "governance",
  summary: "Proposals, newest first",
  params: none,
  query: pageQuery,
  answer: page(proposal).extend({ height: count, stale: z.boolean() }),
});

export const proposalDetail = proposal.extend({
  summary: z.string(),
  metadata: z.string(),
  failedReason: z.string(),
  messages: z.array(z.object({ typeUrl: z.string(), value: json.nullable() })),
  deposit: z.array(coin),
  /** What it takes, as the rules are now. */
  minDeposit: z.array(coin),
  /** Share of the bonded stake that must vote, of the votes that must say yes, and whose veto rejects. */
  quorumPpm: ppm,
  thresholdPpm: ppm,
  vetoPpm: ppm,
  bonded: amount,
});

export const deposit = z.object({ depositor: z.string(), coins: z.array(coin), height, txHash: z.string() });

export const getProposal = defineRoute({
  path: "/api/governance/proposals/{proposal}",
  tag: "governance",
  summary: "A proposal with its messages, its tally and who paid deposits",
  params: z.object({ proposal: id }),
  query: none,
  answer: stated(proposalDetail).extend({
    /** In order, the first hundred; the chain forgets them when a proposal ends. */
    deposits: z.array(deposit),
  }),
});

export const vote = z.object({
  voter: z.string(),
  /** Usually one option with all of the weight. */
  options: z.array(z.object({ option: z.enum(["yes", "no", "abstain", "veto", "unknown"]), weightPpm: ppm })),
  height,
  txHash: z.string(),
});
export type Vote = z.output<typeof vote>;

export const listVotes = defineRoute({
  path: "/api/governance/proposals/{proposal}/votes",
  tag: "governance",
  summary: "Who voted what, each voter's last vote, newest first; the chain forgets it when a proposal ends",
  params: z.object({ proposal: id }),
  query: pageQuery,
  answer: page(vote),
});

/** What the number of a parameter counts. */
export const unit = z.enum([
  "none",
  "blocks",
  "epochs",
  "seconds",
  "bytes",
  "gas",
  "macs",
  "items",
  "uassay",
  /** Parts of ten thousand. */
  "bps",
  /** A decimal from 0 to 1. */
  "fraction",
  /** Fixed point with 16 binary digits. */
  "q16",
]);
export type Unit = z.output<typeof unit>;

export const param = z.object({
  /** As the chain names it; a dot leads into a group. */
  name: z.string(),
  value: json,
  unit,
  /** One sentence; empty for a parameter that is newer than this explorer. */
  meaning: z.string(),
});
export type Param = z.output<typeof param>;

export const paramModule = z.object({
  module: z.string(),
  title: z.string(),
  about: z.string(),
  /** Type URL of the message by which governance changes them. */
  changedBy: z.string(),
  params: z.array(param),
});
export type ParamModule = z.output<typeof paramModule>;

export const getParams = defineRoute({
  path: "/api/params",
  tag: "governance",
  summary: "The parameters of all modules, with what they mean",
  params: none,
  query: none,
  answer: stated(z.array(paramModule)),
});

export const supply = z.object({
  total: amount,
  bonded: amount,
  /** Staked before, on the way back to its owners. */
  unbonding: amount,
  communityPool: amount,
  /** Accounts of our modules: bonds, pots and rewards; deposits and credits of the market. */
  poi: amount,
  market: amount,
  /** Rewards of validators and who stakes with them, not withdrawn yet. */
  stakingRewards: amount,
  /** Ever minted by epochs, the most that ever will be, and what the next block adds at most. */
  minted: amount,
  cap: amount,
  perBlock: amount,
  /** Block of the next halving; null when there is none. */
  nextHalving: count.nullable(),
});

export const getSupply = defineRoute({
  path: "/api/supply",
  tag: "supply",
  summary: "How many coins there are, where they are, and what was minted and burned",
  params: none,
  query: none,
  answer: stated(supply).extend({
    /** Since the first block that is indexed, by the account that burned, most first. */
    burned: z.array(
      z.object({
        account: z.string(),
        /** Name of the module whose account it is, null for other accounts. */
        module: z.string().nullable(),
        amount,
      }),
    ),
    /** First block that is indexed. */
    since: count,
  }),
});

export const supplyEpoch = z.object({
  epoch: count,
  /** Last block of the epoch. */
  height,
  time,
  /** Most it could have minted, and what it did, by who got it. */
  budget: amount,
  authors: amount,
  scorers: amount,
  sponsors: amount,
  validators: amount,
  pool: amount,
  minted: amount,
  burned: amount,
  /** At its end; null when the index began too late to know. */
  supply: amount.nullable(),
});
export type SupplyEpoch = z.output<typeof supplyEpoch>;

export const listSupplyEpochs = defineRoute({
  path: "/api/supply/epochs",
  tag: "supply",
  summary: "What each epoch minted, by share, and burned; newest first",
  params: none,
  query: pageQuery,
  answer: page(supplyEpoch),
});
