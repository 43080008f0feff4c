import { z } from "zod";
import {
  getChallenges,
  getConvictions,
  getEpoch,
  getEpochs,
  getPayouts,
  getRow,
  getScorer,
  getScorerEpochs,
  getScorers,
  getSlot,
  getSlotInputs,
  getSlots,
  getSponsor,
  getSponsorEpochs,
  getSponsors,
} from "../../../wire/poi-epochs.ts";
import { decodeCursor, pageOf } from "../../http/page.ts";
import { serve, type Route } from "../../http/route.ts";
import { countSoFar, epochDetail, readEpoch, selectConvictions } from "./epoch.ts";
import { payoutsOf } from "./payouts.ts";
import { askNames } from "./reads.ts";
import { scorerNow, scorersNow, viewScorerEpochs } from "./scorers.ts";
import { rowOf, slotDetail, slotInputs } from "./slot.ts";
import { sponsorNow, sponsorsNow, viewSponsorEpochs } from "./sponsors.ts";
import { stateOf, viewChallenge, viewConviction, viewEpoch, viewSlot } from "./views.ts";

const number = z.int().nonnegative();
const byNumber = z.tuple([number]);
const byEpochAndText = z.tuple([number, z.string()]);

/** Epochs, slots, rows, who scored and sponsored them, and what they were paid. */
export const epochRoutes: readonly Route[] = [
  serve(getEpochs, async ({ db }, { query: { limit, cursor } }) => {
    const after = decodeCursor(cursor, byNumber);
    let select = db
      .selectFrom("epoch")
      .selectAll()
      .orderBy("epoch", "desc")
      .limit(limit + 1);
    if (after !== undefined) select = select.where("epoch", "<", after[0]);
    const rows = await select.execute();
    const running = rows.find((row) => stateOf(row) === "running");
    const sofar = running === undefined ? { challenges: 0, convictions: 0 } : await countSoFar(db, running);
    return pageOf(
      rows,
      limit,
      ({ epoch }) => [epoch],
      (row) => viewEpoch(row, sofar),
    );
  }),

  serve(getEpoch, (context, { params }) => epochDetail(context, params.epoch)),

  serve(getSlots, async ({ db, node }, { params, query: { limit, cursor, scorer, arena } }) => {
    await readEpoch(db, params.epoch);
    const names = await askNames(node);
    const after = decodeCursor(cursor, byNumber);
    let select = db
      .selectFrom("slot")
      .selectAll()
      .where("epoch", "=", params.epoch)
      .orderBy("slot")
      .limit(limit + 1);
    if (after !== undefined) select = select.where("slot", ">", after[0]);
    if (scorer !== undefined) select = select.where("scorer", "=", scorer);
    if (arena !== undefined) select = select.where("arena", "=", arena);
    return pageOf(
      await select.execute(),
      limit,
      ({ slot }) => [slot],
      (row) => viewSlot(row, names),
    );
  }),

  serve(getSlot, (context, { params }) => slotDetail(context, params.epoch, params.slot)),

  serve(getSlotInputs, (context, { params }) => slotInputs(context, params.epoch, params.slot), "forever"),

  serve(getRow, (context, { params, query: { limit, cursor } }) => {
    const [from] = decodeCursor(cursor, byNumber) ?? [0];
    return rowOf(context, params, { from, limit });
  }),

  serve(getPayouts, (context, { params }) => payoutsOf(context, params.epoch)),

  serve(getConvictions, async ({ db, node }, { query: { limit, cursor, scorer } }) => {
    const names = await askNames(node);
    const after = decodeCursor(cursor, byEpochAndText);
    let select = selectConvictions(db)
      .orderBy("conviction.epoch", "desc")
      .orderBy("conviction.scorer")
      .limit(limit + 1);
    if (after !== undefined) {
      const [epoch, address] = after;
      select = select.where((eb) =>
        eb.or([
          eb("conviction.epoch", "<", epoch),
          eb.and([eb("conviction.epoch", "=", epoch), eb("conviction.scorer", ">", address)]),
        ]),
      );
    }
    if (scorer !== undefined) select = select.where("conviction.scorer", "=", scorer);
    return pageOf(
      await select.execute(),
      limit,
      (row) => [row.epoch, row.scorer],
      (row) => viewConviction(row, names),
    );
  }),

  serve(getChallenges, async ({ db, node }, { query: { limit, cursor, epoch, challenger } }) => {
    const names = await askNames(node);
    const after = decodeCursor(cursor, byNumber);
    let select = db
      .selectFrom("challenge")
      .selectAll()
      .orderBy("seq", "desc")
      .limit(limit + 1);
    if (after !== undefined) select = select.where("seq", "<", after[0]);
    if (epoch !== undefined) select = select.where("epoch", "=", epoch);
    if (challenger !== undefined) select = select.where("challenger", "=", challenger);
    return pageOf(
      await select.execute(),
      limit,
      ({ seq }) => [seq],
      (row) => viewChallenge(row, names),
    );
  }),

  serve(getScorers, (context) => scorersNow(context)),

  serve(getScorer, (context, { params }) => scorerNow(context, params.address)),

  serve(getScorerEpochs, async ({ db }, { params: { address }, query: { limit, cursor } }) => {
    const after = decodeCursor(cursor, byNumber);
    let select = db
      .selectFrom("scorer_epoch")
      .selectAll()
      .where("scorer", "=", address)
      .orderBy("epoch", "desc")
      .limit(limit + 1);
    if (after !== undefined) select = select.where("epoch", "<", after[0]);
    const { items, next } = pageOf(
      await select.execute(),
      limit,
      ({ epoch }) => [epoch],
      (row) => row,
    );
    const views = await viewScorerEpochs(db, address, items);
    return { items: [...views.values()], next };
  }),

  serve(getSponsors, (context) => sponsorsNow(context)),

  serve(getSponsor, (context, { params }) => sponsorNow(context, params.arena, params.address)),

  serve(getSponsorEpochs, async ({ db }, { params: { arena, address }, query: { limit, cursor } }) => {
    const after = decodeCursor(cursor, byNumber);
    let select = db
      .selectFrom("sponsor_epoch")
      .selectAll()
      .where("arena", "=", arena)
      .where("sponsor", "=", address)
      .orderBy("epoch", "desc")
      .limit(limit + 1);
    if (after !== undefined) select = select.where("epoch", "<", after[0]);
    const { items, next } = pageOf(
      await select.execute(),
      limit,
      ({ epoch }) => [epoch],
      (row) => row,
    );
    const views = await viewSponsorEpochs(db, arena, address, items);
    return { items: [...views.values()], next };
  }),
];
