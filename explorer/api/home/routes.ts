import type { Kysely } from "kysely";
import { getClock } from "@assay/client/actions/getClock";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { getHome, type Clock, type Phase as PhaseName } from "../../wire/home.ts";
import type { Database } from "../db/schema.ts";
import { serve, type ApiContext, type Route } from "../http/route.ts";

/** Enough for the pace to be steady, few enough to show when it changes. */
const PACE_BLOCKS = 60;
const NEWEST_CONVICTIONS = 3;

const NAMES: Readonly<Record<Phase, PhaseName>> = {
  [Phase.BEACON]: "BEACON",
  [Phase.INPUT]: "INPUT",
  [Phase.ROWS]: "ROWS",
  [Phase.LABEL]: "LABEL",
  [Phase.CHALLENGE]: "CHALLENGE",
  [Phase.SETTLE]: "SETTLE",
  // Before its first block the chain stands where its first phase will begin.
  [Phase.UNSPECIFIED]: "BEACON",
  [Phase.UNRECOGNIZED]: "BEACON",
};

export const homeRoutes: readonly Route[] = [
  serve(getHome, async ({ db, node }) => {
    const [clock, secondsPerBlock, convictions] = await Promise.all([
      askClock(node),
      pace(db),
      newestConvictions(db),
    ]);
    return { ...clock, secondsPerBlock, convictions };
  }),
];

function askClock(node: ApiContext["node"]): Promise<{ value: Clock; height: number; stale: boolean }> {
  return node.ask("home/clock", async (client) => {
    const { clock, params, height } = await getClock(client);
    const phaseEnd = Number(clock.phaseEnd);
    return {
      height: Number(height),
      epoch: Number(clock.epoch),
      phase: NAMES[clock.phase],
      epochStart: Number(clock.epochStart),
      phaseStart: Number(clock.phaseStart),
      phaseEnd: phaseEnd === 0 ? null : phaseEnd,
      settledEpochs: Number(clock.settledEpochs),
      phases: [
        { phase: "BEACON" as const, blocks: params.beaconBlocks },
        { phase: "INPUT" as const, blocks: params.inputBlocks },
        { phase: "ROWS" as const, blocks: params.rowsBlocks },
        { phase: "LABEL" as const, blocks: params.labelBlocks },
        { phase: "CHALLENGE" as const, blocks: params.challengeBlocks },
      ],
    };
  });
}

async function pace(db: Kysely<Database>): Promise<number | null> {
  const blocks = await db
    .selectFrom("block")
    .select(["height", "time"])
    .orderBy("height", "desc")
    .limit(PACE_BLOCKS)
    .execute();
  const newest = blocks.at(0);
  const oldest = blocks.at(-1);
  if (newest === undefined || oldest === undefined || newest.height === oldest.height) return null;
  return (Date.parse(newest.time) - Date.parse(oldest.time)) / 1_000 / (newest.height - oldest.height);
}

async function newestConvictions(db: Kysely<Database>): Promise<{
  total: number;
  newest: { epoch: number; slot: number; scorer: string; model: string; height: number; time: string }[];
}> {
  const { total } = await db
    .selectFrom("conviction")
    .select(({ fn }) => fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const newest = await db
    .selectFrom("conviction")
    .innerJoin("block", "block.height", "conviction.height")
    .select(["epoch", "slot", "scorer", "model", "conviction.height", "time"])
    .orderBy("conviction.height", "desc")
    .orderBy("slot", "desc")
    .limit(NEWEST_CONVICTIONS)
    .execute();
  return { total, newest };
}
