/** What the node says of arenas and models now, as JSON; every text is cleaned here. */
import { getArena } from "@assay/client/actions/getArena";
import { getArenas } from "@assay/client/actions/getArenas";
import { getContender } from "@assay/client/actions/getContender";
import { getContenders } from "@assay/client/actions/getContenders";
import { getLadder } from "@assay/client/actions/getLadder";
import { getModel } from "@assay/client/actions/getModel";
import { getModels } from "@assay/client/actions/getModels";
import { getParams } from "@assay/client/actions/getParams";
import { getServices } from "@assay/client/actions/getServices";
import { getSponsors } from "@assay/client/actions/getSponsors";
import type { AssayClient } from "@assay/client/client";
import {
  AnswerKind,
  TensorType,
  type ArenaSpec,
  type Counts,
} from "@assay/client/generated/assay/poi/v1/arena";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { keptCounts } from "@assay/client/protocol/why";
import type { LadderRules, ModelService, ModelState, Task } from "../../../wire/poi-models.ts";
import { hex } from "../../hex.ts";
import type { NodeState, Stated } from "../../node/state.ts";
import { cleanText } from "../../text.ts";
import { comparisonJson, count, type ComparisonJson } from "../values.ts";

/** As long as the chain lets them be, see its keeper's checks. */
const MAX_NAME = 64;
const MAX_CARD = 4096;

export interface ArenaFact {
  id: number;
  name: string;
  description: string;
  task: Task;
  creator: string;
  curator: string;
  weight: number;
  steps: number;
  top: string;
  /** Empty when nobody is called. */
  called: string;
  settledEpochs: number;
  potPerEpoch: string;
  createdHeight: number;
}

export interface ModelFact {
  id: string;
  name: string;
  arena: number;
  author: string;
  licence: string;
  royaltyBps: number;
  inferFee: string;
  parents: string[];
  state: Exclude<ModelState, "called">;
  macs: number;
  elements: number;
  fileBytes: number;
  hasFile: boolean;
  registeredHeight: number;
  accuracy: number;
  smoothed: number;
  scoredItems: number;
  accuracySum: number;
  scoredEpochs: number;
  /** Index + 1 of the step it took; 0 for none. */
  stepMark: number;
  bonded: boolean;
}

export interface StepFact {
  index: number;
  model: string;
  epoch: number;
  gain: number;
  settledEpoch: number;
  weighted: boolean;
  comparisons: ComparisonJson[];
}

export interface SponsorFact {
  address: string;
  approved: boolean;
  bonded: boolean;
  commitments: number;
  batchesCounted: number;
  misses: number;
}

export interface ArenaInner {
  pot: string;
  ladder: StepFact[];
  sponsors: SponsorFact[];
}

export interface ContenderFact {
  model: string;
  called: boolean;
  calls: number;
  seq: number;
  reservationHeight: number;
  firstEpoch: number;
  usableSponsors: number;
  screening: ComparisonJson;
  trials: ComparisonJson[];
  bySponsor: {
    sponsor: string;
    b: number;
    c: number;
    n: number;
    wrongOld: number;
    wrongNew: number;
    kept: boolean;
  }[];
}

export function askArenas(node: NodeState): Promise<Stated<ArenaFact[]>> {
  return node.ask("arenas", async (client) =>
    (await getArenas(client)).map((arena) => ({
      id: count(arena.id),
      name: cleanText(arena.spec?.name ?? "", MAX_NAME) || `arena ${arena.id}`,
      description: cleanText(arena.spec?.description ?? "", 1024),
      task: taskOf(arena.spec),
      creator: arena.creator,
      curator: arena.curator,
      weight: arena.weight,
      steps: arena.steps,
      top: hex(arena.top),
      called: hex(arena.called),
      settledEpochs: count(arena.settledEpochs),
      potPerEpoch: arena.potPerEpoch,
      createdHeight: count(arena.createdHeight),
    })),
  );
}

function taskOf(spec: ArenaSpec | undefined): Task {
  return {
    input: {
      type: tensorType(spec?.inputType),
      shape: spec?.inputShape ?? [],
      preprocessing: cleanText(spec?.preprocessing ?? "", MAX_NAME),
    },
    answer:
      spec?.answer === AnswerKind.SCALAR
        ? { kind: "scalar", tolerance: spec.tolerance }
        : { kind: "class", labels: (spec?.labels ?? []).map((label) => cleanText(label, MAX_NAME)) },
  };
}

function tensorType(type: TensorType | undefined): string {
  const [name] = Object.entries(TensorType).find(([, value]) => value === type) ?? ["unknown"];
  return name.toLowerCase();
}

/** What changes within an arena: pot, ladder and sponsors. */
export function askArena(node: NodeState, id: number): Promise<Stated<ArenaInner>> {
  return node.ask(`arena/${id}`, async (client) => {
    const arena = BigInt(id);
    const [{ pot }, ladder, sponsors] = await Promise.all([
      getArena(client, { arena }),
      getLadder(client, { arena }),
      getSponsors(client, { arena }),
    ]);
    return {
      pot: pot.toString(),
      ladder: ladder.map((step) => ({
        index: step.index,
        model: hex(step.model),
        epoch: count(step.epoch),
        gain: count(step.gain),
        settledEpoch: count(step.settledEpoch),
        weighted: step.weighted,
        comparisons: step.comparisons.map(comparisonJson),
      })),
      sponsors: sponsors.map(({ address, approved, bonded, commitments, batchesCounted, misses }) => ({
        address,
        approved,
        bonded,
        commitments,
        batchesCounted: count(batchesCounted),
        misses: misses.length,
      })),
    };
  });
}

const STATES: Readonly<Record<ModelStatus, ModelFact["state"]>> = {
  [ModelStatus.CONTENDER]: "contender",
  [ModelStatus.TOP]: "top",
  [ModelStatus.ARCHIVED]: "archived",
  [ModelStatus.EVICTED]: "evicted",
  [ModelStatus.WITHDRAWN]: "withdrawn",
  [ModelStatus.UNSPECIFIED]: "unknown",
  [ModelStatus.UNRECOGNIZED]: "unknown",
};

/** All models, without their cards. */
export function askModels(node: NodeState): Promise<Stated<ModelFact[]>> {
  return node.ask("models", async (client) =>
    (await getModels(client)).map((model) => ({
      id: hex(model.id),
      name: cleanText(model.name, MAX_NAME),
      arena: count(model.arena),
      author: model.author,
      licence: cleanText(model.terms?.licence ?? "", 128),
      royaltyBps: model.terms?.royaltyBps ?? 0,
      inferFee: model.terms?.inferFee ?? "0",
      parents: (model.terms?.parents ?? []).map(hex),
      state: STATES[model.status],
      macs: count(model.macs),
      elements: count(model.elements),
      fileBytes: model.fileBytes,
      hasFile: model.hasFile,
      registeredHeight: count(model.registeredHeight),
      accuracy: model.accuracy,
      smoothed: model.smoothed,
      scoredItems: count(model.scoredItems),
      accuracySum: count(model.accuracySum),
      scoredEpochs: count(model.scoredEpochs),
      stepMark: model.stepMark,
      bonded: model.bonded,
    })),
  );
}

/** The card of a model, see {@link cardText}. */
export function askCard(node: NodeState, modelHex: string): Promise<Stated<string>> {
  return node.ask(`model/${modelHex}/card`, async (client) =>
    cardText((await getModel(client, { modelHex })).card),
  );
}

/** A card's lines, each cleaned, with at most one blank line between them. There is no other format. */
export function cardText(card: string): string {
  return card
    .slice(0, MAX_CARD)
    .split(/\r?\n/)
    .map((line) => cleanText(line, MAX_CARD))
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Standings of all contenders of an arena, in the order of their reservations. */
export function askContenders(node: NodeState, arena: number): Promise<Stated<ContenderFact[]>> {
  return node.ask(`arena/${arena}/contenders`, async (client) => {
    const contenders = await getContenders(client, { arena: BigInt(arena) });
    const standings: ContenderFact[] = [];
    // One after the other: an arena has up to 64 of them, and a node more to do than to answer us.
    for (const { model } of contenders) standings.push(await readContender(client, hex(model)));
    return standings.toSorted((a, b) => a.seq - b.seq);
  });
}

async function readContender(client: AssayClient, modelHex: string): Promise<ContenderFact> {
  const { contender, screening, trials, usableSponsors, called } = await getContender(client, { modelHex });
  return {
    model: modelHex,
    called,
    calls: contender.calls,
    seq: count(contender.reservationSeq),
    reservationHeight: count(contender.reservationHeight),
    firstEpoch: count(contender.firstEpoch),
    usableSponsors,
    screening: comparisonJson(screening),
    trials: trials.map(comparisonJson),
    bySponsor: keptCounts(contender.sponsors, contender.screening).map(countsOf),
  };
}

function countsOf(line: Counts & { kept: boolean }): ContenderFact["bySponsor"][number] {
  const { sponsor, b, c, n, wrongOld, wrongNew, kept } = line;
  return { sponsor, b, c, n, wrongOld, wrongNew, kept };
}

export function askRules(node: NodeState): Promise<Stated<LadderRules>> {
  return node.ask("poi/rules", async (client) => {
    const { minItems, z2, fullGain, halfLife, maxModels } = await getParams(client);
    return { minItems, z2, fullGain: count(fullGain), halfLife, maxModels };
  });
}

const SERVICE_STATES: Readonly<Record<ServiceStatus, ModelService["status"]>> = {
  [ServiceStatus.ACTIVE]: "active",
  [ServiceStatus.CLOSED]: "closed",
  [ServiceStatus.CONVICTED]: "convicted",
  [ServiceStatus.UNSPECIFIED]: "unknown",
  [ServiceStatus.UNRECOGNIZED]: "unknown",
};

/** Services that answer for a model, those that are open. */
export function askServices(node: NodeState, modelHex: string): Promise<Stated<ModelService[]>> {
  return node.ask(`model/${modelHex}/services`, async (client) => {
    const entries = await getServices(client, { modelHex });
    return entries.flatMap(({ service }) => {
      if (service === undefined) return [];
      const { probes } = service;
      return [
        {
          id: count(service.id),
          name: cleanText(service.name, MAX_NAME),
          provider: service.provider,
          status: SERVICE_STATES[service.status],
          price: service.price.toString(),
          denom: service.denom,
          promise: service.promise === 0 ? null : service.promise,
          probes:
            probes === undefined
              ? null
              : {
                  epoch: count(probes.epoch),
                  reporters: probes.reporters,
                  calls: count(probes.calls),
                  answeredBps: probes.answeredBps,
                  p50Ms: probes.p50Ms,
                  p95Ms: probes.p95Ms,
                },
        },
      ];
    });
  });
}
