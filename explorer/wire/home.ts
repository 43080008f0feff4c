import { z } from "zod";
import { height, none, stated, time } from "./common.ts";
import { defineRoute } from "./route.ts";

const count = z.int().nonnegative();

export const phase = z.enum(["BEACON", "INPUT", "ROWS", "LABEL", "CHALLENGE", "SETTLE"]);
export type Phase = z.output<typeof phase>;

/** Where the epoch stands. The chain says it; nobody computes it from heights. */
export const clock = z.object({
  /** Newest block the clock knows. It says in which phase the next one falls. */
  height: count,
  epoch: count,
  phase,
  epochStart: count,
  phaseStart: count,
  /** Last block of the phase; null in SETTLE, which ends when its queues are empty. */
  phaseEnd: count.nullable(),
  settledEpochs: count,
  /** Lengths in blocks. SETTLE has none. */
  phases: z.array(z.object({ phase: phase.exclude(["SETTLE"]), blocks: count })),
});
export type Clock = z.output<typeof clock>;

export const getHome = defineRoute({
  path: "/api/home",
  tag: "home",
  summary: "Where the epoch stands, and the newest convictions",
  params: none,
  query: none,
  answer: stated(clock).extend({
    /** Over the newest blocks; null before there are two. */
    secondsPerBlock: z.number().nullable(),
    convictions: z.object({
      total: count,
      newest: z.array(
        z.object({ epoch: count, slot: count, scorer: z.string(), model: z.string(), height, time }),
      ),
    }),
  }),
});
