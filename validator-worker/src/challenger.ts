import { createHmac } from "node:crypto";
import { TxFailedError } from "@assay/client/errors";
import type { Clock, Row, Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import type { ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";
import { challenge } from "@assay/client/messages";
import { compareBytes, u64 } from "@assay/client/protocol/hash";
import { answerOf, answerWidth, TAG_SIZE, tagOf } from "@assay/client/protocol/rows";
import { messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { ScorerChain, Transactor } from "./chain.ts";
import type { EpochView, RunningArena } from "./epoch-view.ts";
import type { ScorerMetrics } from "./metrics.ts";
import type { ChallengeRecord, Records } from "./records.ts";
import type { Referee } from "./referee.ts";
import { formatOf, type RowComputer } from "./row-computer.ts";

export interface ChallengerOptions {
  chain: ScorerChain;
  transactor: Transactor;
  records: Records;
  computer: RowComputer;
  referee: Referee;
  view: EpochView;
  operator: string;
  /** Share of other scorers' rows to recompute, in basis points. */
  recheckBps: number;
  /** Most uassay of bonds at risk in one epoch. */
  budget: bigint;
  metrics: ScorerMetrics;
  log: Logger;
}

/** Models to recompute on one slot. */
interface Recheck {
  slot: Slot;
  arena: RunningArena;
  models: Uint8Array[];
}

/** A posted row and the item on which this worker computed something else. */
interface Finding {
  slot: Slot;
  arena: RunningArena;
  posted: Row;
  item: number;
  /** The item's raw bytes. */
  input: Uint8Array;
}

/** Recomputes some of the other scorers' rows, and challenges what is wrong. */
export class Challenger {
  readonly #options: ChallengerOptions;
  readonly #secret: Uint8Array;

  constructor(options: ChallengerOptions, secret: Uint8Array) {
    this.#options = options;
    this.#secret = secret;
  }

  /** In CHALLENGE: goes through the chosen rows until all are checked or `late`. */
  async onChallenge({ epoch }: Clock, params: Params, late: AbortSignal): Promise<void> {
    const { chain, records, view, metrics, log } = this.#options;
    // Recorded before a restart, maybe not sent.
    for (const filed of records.challenges(epoch)) await this.#send(filed, late);
    const arenas = await view.arenas(epoch);
    let checked = 0;
    for (const { slot, arena, models } of this.#choose(await chain.slots(epoch), arenas)) {
      late.throwIfAborted();
      const { rows } = await chain.rows(slot.id);
      const { inputs } = await chain.slotInputs(slot.id);
      const job = { models, spec: arena.spec, inputs, items: params.batchItems, signal: late };
      for (const own of await this.#options.computer.compute(job)) {
        const posted = rows.find((row) => compareBytes(row.model, own.model) === 0);
        if (posted === undefined) continue;
        checked++;
        metrics.items.inc({ purpose: "recheck" }, params.batchItems);
        const item = firstDifference(arena.spec, own, posted, params.batchItems);
        if (item === undefined) continue;
        metrics.mismatches.inc();
        const size = inputs.length / params.batchItems;
        const input = inputs.subarray(item * size, (item + 1) * size);
        await this.#file({ slot, arena, posted, item, input }, params, late);
      }
    }
    if (checked > 0) log.info({ epoch, checked }, "rows of other scorers recomputed");
  }

  /** Finds out how challenges of earlier epochs ended. */
  async settle(epoch: bigint): Promise<void> {
    const { chain, records, transactor, metrics, log } = this.#options;
    for (const filed of records.openChallenges(epoch)) {
      const conviction = (await chain.convictions(filed.epoch)).find(({ scorer }) => scorer === filed.scorer);
      const ours = conviction?.challenger === transactor.address;
      const outcome = conviction === undefined ? "refuted" : ours ? "convicted" : "convicted-by-other";
      records.closeChallenge(filed, outcome);
      metrics.challenges.inc({ outcome });
      const fields = {
        epoch: filed.epoch,
        scorer: filed.scorer,
        slot: filed.slot,
        model: filed.model,
        item: filed.item,
      };
      if (conviction === undefined) log.error(fields, "a challenge convicted nobody; its bond may be lost");
      else log.info({ ...fields, outcome }, "a challenged scorer was convicted");
    }
  }

  /**
   * The rows to recompute. The choice looks random to everyone who does not know this worker's secret, is the same
   * after a restart, and where time runs out it is not always the last slots that go unchecked.
   */
  #choose(slots: Slot[], arenas: Map<bigint, RunningArena>): Recheck[] {
    const { operator, recheckBps } = this.#options;
    const chosen: (Recheck & { rank: number })[] = [];
    for (const slot of slots) {
      const arena = arenas.get(slot.arena);
      if (arena === undefined || !slot.rowsPosted || slot.scorer === operator) continue;
      const { called, opponents } = arena.frozen;
      // The chain runs every cell of a called comparison itself, but only where labels were opened.
      const run = called.length === 0 || slot.labels.length === 0 ? [] : [called, ...opponents];
      const ranked = arena.frozen.models
        .filter(({ id }) => !run.some((other) => compareBytes(other, id) === 0))
        .map(({ id }) => ({ id, rank: this.#rank(slot, id) }))
        .filter(({ rank }) => rank * 10_000 < recheckBps);
      if (ranked.length === 0) continue;
      chosen.push({
        slot,
        arena,
        models: ranked.map(({ id }) => id),
        rank: Math.min(...ranked.map(({ rank }) => rank)),
      });
    }
    return chosen.sort((a, b) => a.rank - b.rank);
  }

  /** A number in [0, 1) for a row. */
  #rank(slot: Slot, model: Uint8Array): number {
    const mac = createHmac("sha256", this.#secret);
    const digest = mac.update(u64(slot.epoch)).update(u64(slot.id)).update(model).digest();
    return digest.readUIntBE(0, 6) / 2 ** 48;
  }

  async #file(
    { slot, arena, posted, item, input }: Finding,
    params: Params,
    signal: AbortSignal,
  ): Promise<void> {
    const { chain, records, referee, budget, log } = this.#options;
    const { model } = posted;
    const { epoch, id, scorer } = slot;
    const fields = { epoch, slot: id, scorer, model, item };
    if (!differs(arena.spec, await referee.logits(model, input), posted, item)) {
      log.error(
        fields,
        "onnxruntime and the integer interpreter disagree on this machine: no challenge; please report it",
      );
      return;
    }
    const frozen = await chain.frozen();
    if (frozen.scorers.some((other) => other.operator === scorer && other.convicted)) return;
    const bond = BigInt(params.challengeBond);
    const known = records.challenges(epoch);
    if (known.some((filed) => filed.scorer === scorer)) return;
    const atRisk = known.reduce((sum, filed) => sum + filed.bond, 0n);
    if (atRisk + bond > budget) {
      log.warn(
        { ...fields, atRisk, bond, budget },
        "a wrong row is not challenged: the epoch's challenge-budget is used up",
      );
      return;
    }
    const filed = { epoch, scorer, slot: id, model, item, bond };
    records.recordChallenge(filed);
    log.warn(fields, "a posted row is wrong: challenging it");
    await this.#send(filed, signal);
  }

  async #send({ epoch, slot, model, item }: ChallengeRecord, signal: AbortSignal): Promise<void> {
    const { transactor, metrics, log } = this.#options;
    const id = `challenge/${epoch}/${slot}/${Buffer.from(model).toString("hex")}/${item}`;
    try {
      await transactor.send([challenge({ challenger: transactor.address, epoch, slot, model, item })], {
        id,
        signal,
      });
    } catch (error) {
      if (!(error instanceof TxFailedError)) throw error;
      // Somebody else was first, or the bond cannot be paid; the other rows still deserve a look.
      metrics.errors.inc({ step: "challenge" });
      log.error({ epoch, slot, model, item, error }, `a challenge was refused: ${messageOf(error)}`);
    }
  }
}

/** The first item on which two rows of one model differ. */
function firstDifference(spec: ArenaSpec, a: Row, b: Row, items: number): number | undefined {
  const width = answerWidth(formatOf(spec));
  const same = (x: Uint8Array, y: Uint8Array, size: number, item: number) =>
    compareBytes(x.subarray(item * size, (item + 1) * size), y.subarray(item * size, (item + 1) * size)) ===
    0;
  for (let item = 0; item < items; item++) {
    if (!same(a.answers, b.answers, width, item) || !same(a.tags, b.tags, TAG_SIZE, item)) return item;
  }
  return undefined;
}

function differs(spec: ArenaSpec, logits: Int32Array, row: Row, item: number): boolean {
  const format = formatOf(spec);
  const width = answerWidth(format);
  const answer = row.answers.subarray(item * width, (item + 1) * width);
  const tag = row.tags.subarray(item * TAG_SIZE, (item + 1) * TAG_SIZE);
  return compareBytes(answer, answerOf(format, logits)) !== 0 || compareBytes(tag, tagOf(logits)) !== 0;
}
