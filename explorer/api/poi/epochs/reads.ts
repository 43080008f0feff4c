/** What the node says of the clock, scorers and sponsors now, as JSON; every text is cleaned here. */
import { accountOf } from "@assay/client/address";
import { getClock } from "@assay/client/actions/getClock";
import { getFrozen } from "@assay/client/actions/getFrozen";
import { getScorer } from "@assay/client/actions/getScorer";
import { getScorers } from "@assay/client/actions/getScorers";
import { getSponsor } from "@assay/client/actions/getSponsor";
import { getSponsors } from "@assay/client/actions/getSponsors";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import type { Scorer, Sponsor } from "@assay/client/generated/assay/poi/v1/participant";
import { listAll } from "@assay/client/pages";
import { hex } from "../../hex.ts";
import { HttpError } from "../../http/errors.ts";
import type { NodeState, Stated } from "../../node/state.ts";
import { cleanText } from "../../text.ts";
import { askArenas, askModels } from "../models/reads.ts";
import { Book } from "../models/views.ts";
import { count } from "../values.ts";

const MONIKER_LENGTH = 40;
const REASON_LENGTH = 200;

/** Names of everything that appears beside an epoch. */
export interface Names {
  book: Book;
  /** Name of the validator of an operator's account; empty when unknown. */
  monikerOf(operator: string): string;
}

/** Names as the node has them. History can be read without: what a node that is away never said stays nameless. */
export async function askNames(node: NodeState): Promise<Names> {
  const [arenas, models, monikers] = await Promise.all([
    orNone(askArenas(node), []),
    orNone(askModels(node), []),
    orNone(askMonikers(node), {}),
  ]);
  return { book: new Book(arenas, models), monikerOf: (operator) => monikers[operator] ?? "" };
}

async function orNone<T>(asked: Promise<Stated<T>>, none: T): Promise<T> {
  try {
    return (await asked).value;
  } catch (error) {
    if (error instanceof HttpError && error.status === 503) return none;
    throw error;
  }
}

function askMonikers(node: NodeState): Promise<Stated<Record<string, string>>> {
  return node.ask("scorers/monikers", async (client) => {
    const validators = await listAll({}, async (pagination) => {
      const response = await client.staking.Validators({ status: "", pagination });
      return { items: response.validators, pagination: response.pagination };
    });
    return Object.fromEntries(
      validators.map(({ operatorAddress, description }) => [
        accountOf(operatorAddress),
        cleanText(description?.moniker ?? "", MONIKER_LENGTH),
      ]),
    );
  });
}

/** The running epoch and its parameters, as `Params.toJSON` writes them. */
export function askClock(node: NodeState): Promise<Stated<{ epoch: number; params: unknown }>> {
  return node.ask("poi/clock", async (client) => {
    const { clock, params } = await getClock(client);
    return { epoch: count(clock.epoch), params: Params.toJSON(params) };
  });
}

export interface FrozenFact {
  arena: number;
  weight: number;
  models: string[];
  /** Empty when nobody is called. */
  called: string;
  opponents: string[];
  sponsors: number;
}

/** The arenas of the running epoch, as frozen; none when it is another epoch by now. */
export async function askFrozen(node: NodeState, epoch: number): Promise<FrozenFact[]> {
  const { value } = await node.ask("poi/frozen", async (client) => {
    const frozen = await getFrozen(client);
    return {
      epoch: count(frozen.epoch),
      arenas: frozen.arenas.map((arena) => ({
        arena: count(arena.arena),
        weight: arena.weight,
        models: arena.models.map(({ id }) => hex(id)),
        called: hex(arena.called),
        opponents: arena.opponents.map(hex),
        sponsors: arena.sponsors.length,
      })),
    };
  });
  return value.epoch === epoch ? value.arenas : [];
}

export interface ScorerFact {
  operator: string;
  hotKey: string;
  bonded: boolean;
  /** Epochs of misses within the window in which they count. */
  misses: number;
  inactiveUntil: number;
  jailedUntil: number;
  rowsStood: number;
  rowsAssigned: number;
}

export function askScorers(node: NodeState): Promise<Stated<ScorerFact[]>> {
  return node.ask("scorers", async (client) => (await getScorers(client)).map(scorerFact));
}

/** @param address of the operator or of the hot key. */
export function askScorer(
  node: NodeState,
  address: string,
): Promise<Stated<{ scorer: ScorerFact; bond: string; eligible: boolean; reason: string }>> {
  return node.ask(`scorer/${address}`, async (client) => {
    const { scorer, bond, eligible, reason } = await getScorer(client, { address });
    return {
      scorer: scorerFact(scorer),
      bond: bond.toString(),
      eligible,
      reason: cleanText(reason, REASON_LENGTH),
    };
  });
}

function scorerFact(scorer: Scorer): ScorerFact {
  return {
    operator: scorer.operator,
    hotKey: scorer.hotKey,
    bonded: scorer.bonded,
    misses: scorer.misses.length,
    inactiveUntil: count(scorer.inactiveUntil),
    jailedUntil: count(scorer.jailedUntil),
    rowsStood: count(scorer.rowsStood),
    rowsAssigned: count(scorer.rowsAssigned),
  };
}

export interface SponsorFact {
  address: string;
  approved: boolean;
  bonded: boolean;
  misses: number;
  batchesCounted: number;
  /** Batches it has committed to. */
  batches: number;
}

export function askSponsors(node: NodeState, arena: number): Promise<Stated<SponsorFact[]>> {
  return node.ask(`arena/${arena}/sponsors`, async (client) =>
    (await getSponsors(client, { arena: BigInt(arena) })).map(sponsorFact),
  );
}

export interface CommitmentFact {
  index: number;
  root: string;
  firstBatch: number;
  count: number;
  remaining: number;
  height: number;
}

export function askSponsor(
  node: NodeState,
  arena: number,
  address: string,
): Promise<Stated<{ sponsor: SponsorFact; bond: string; commitments: CommitmentFact[] }>> {
  return node.ask(`arena/${arena}/sponsor/${address}`, async (client) => {
    const { sponsor, bond, commitments } = await getSponsor(client, { arena: BigInt(arena), address });
    return {
      sponsor: sponsorFact(sponsor),
      bond: bond.toString(),
      commitments: commitments.map(({ index, root, firstBatch, count: batches, remaining, height }) => ({
        index,
        root: hex(root),
        firstBatch,
        count: batches,
        remaining,
        height: count(height),
      })),
    };
  });
}

function sponsorFact(sponsor: Sponsor): SponsorFact {
  return {
    address: sponsor.address,
    approved: sponsor.approved,
    bonded: sponsor.bonded,
    misses: sponsor.misses.length,
    batchesCounted: count(sponsor.batchesCounted),
    batches: sponsor.nextBatch,
  };
}
