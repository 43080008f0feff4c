import { join } from "node:path";
import { ROOT } from "../network/processes.ts";
import {
  metric,
  parseApi,
  parseDifferential,
  parseIndex,
  parseMarket,
  parsePages,
  parsePaymentCheck,
  parseScorer,
} from "./parse.ts";
import { run } from "./run.ts";

/** One line of the result. */
export interface Measure {
  part: string;
  what: string;
  value: number;
  unit: string;
  /** The same work done another way, in the same run and unit. */
  baseline?: { what: string; value: number };
  /** What is asked of the value, or of its ratio to the baseline. Without one the number is only stated. */
  target?: { of: "value" | "ratio"; atLeast?: number; atMost?: number };
}

export interface Context {
  signal: AbortSignal;
  say: (text: string) => void;
}

export interface Part {
  name: string;
  /** What it does, for people who wait for it. */
  title: string;
  measure: (context: Context) => Promise<Omit<Measure, "part">[]>;
}

/** Value over baseline. */
export function ratioOf({ value, baseline }: Measure): number | undefined {
  return baseline && value / baseline.value;
}

/** Whether the target is met; undefined without one. */
export function isMet(measure: Measure): boolean | undefined {
  const { target } = measure;
  if (!target) return undefined;
  const value = target.of === "value" ? measure.value : ratioOf(measure);
  if (value === undefined) throw new Error(`${measure.what}: a target for a ratio without a baseline`);
  return value >= (target.atLeast ?? -Infinity) && value <= (target.atMost ?? Infinity);
}

export const parts: readonly Part[] = [
  {
    name: "interpreter",
    title: "the chain's interpreter, one thread",
    async measure(context) {
      const output = await goBench("./intonnx", "^BenchmarkRun(Naive)?$", "2s", context);
      const speed = (benchmark: string) => metric(output, benchmark, "best-GMAC/s");
      return [
        {
          what: "LeNet-size convolutional model",
          value: speed("Run/LeNet"),
          unit: "GMAC/s",
          baseline: { what: "naive oracle", value: speed("RunNaive") },
          target: { of: "value", atLeast: 3 },
        },
        { what: "depthwise separable model of 2.7M MACs", value: speed("Run/Separable"), unit: "GMAC/s" },
        {
          what: "MLP of 0.1M MACs",
          value: metric(output, "Run/MLP", "best-ms/run"),
          unit: "ms",
          target: { of: "value", atMost: 0.05 },
        },
      ];
    },
  },
  {
    name: "differential",
    title: "2000 random models in onnxruntime and in the interpreter",
    async measure(context) {
      const output = await node("differential.ts", ["--graphs", "2000"], context);
      const { models, outputs, differences } = parseDifferential(output);
      return [
        {
          what: `differences in ${outputs} outputs of ${models} models`,
          value: differences,
          unit: "",
          target: { of: "value", atMost: 0 },
        },
      ];
    },
  },
  {
    name: "scorer",
    title: "the scoring worker and a bare onnxruntime-node loop, in turns",
    async measure(context) {
      const { batch, arenas } = parseScorer(await node("scorer.ts", [], context));
      // Over all arenas: items of one slot each, in the time that these take.
      const models = arenas.reduce((sum, arena) => sum + arena.models, 0);
      const overall = (speed: "bare" | "worker") =>
        models / arenas.reduce((sum, arena) => sum + arena.models / arena[speed], 0);
      return [
        {
          what: `batches of ${batch} through ${models} models of ${arenas.length} arenas`,
          value: overall("worker"),
          unit: "items/s",
          baseline: { what: "bare loop", value: overall("bare") },
          target: { of: "ratio", atLeast: 0.8 },
        },
      ];
    },
  },
  {
    name: "settle",
    title: "settlement of an arena on real stores",
    async measure(context) {
      const output = await goBench("./x/poi/keeper", "^BenchmarkSettle$", "100x", context);
      return [
        {
          what: "64 models x 10 slots x 64 items",
          value: metric(output, "Settle", "best-ms/op"),
          unit: "ms",
          target: { of: "value", atMost: 15 },
        },
      ];
    },
  },
  {
    name: "audits",
    title: "a block full of audits at default parameters, models of 0.1M MACs",
    async measure(context) {
      const output = await goBench("./x/poi/keeper", "^BenchmarkAuditBlock$", "20x", context);
      const audits = (unit: string) => metric(output, "AuditBlock", unit);
      return [
        {
          what: `block with ${audits("runs/op")} audits, drawn and challenged`,
          value: audits("best-ms/op"),
          unit: "ms",
          baseline: { what: "the runs alone", value: audits("bare-ms/op") },
        },
        { what: "of which drawn audits", value: audits("drawn-ms/op"), unit: "ms" },
      ];
    },
  },
  {
    name: "claims",
    title: "a claim of 100 vouchers on real stores",
    async measure(context) {
      const output = await goBench("./x/marketplace/keeper", "^BenchmarkClaim$", "20x", context);
      return ["OneChannel", "HundredChannels"].flatMap((shape) => {
        const claim = (unit: string) => metric(output, `Claim/${shape}`, unit);
        const what = shape === "OneChannel" ? "of one channel" : "of 100 channels";
        return [
          { what: `100 vouchers ${what}`, value: claim("best-ms/op"), unit: "ms" },
          { what: `gas of a voucher ${what}`, value: claim("gas/row"), unit: "gas" },
          { what: `bytes of a voucher ${what}`, value: claim("bytes/row"), unit: "bytes" },
        ];
      });
    },
  },
  {
    name: "payment",
    title: "what a provider does between a request's head and the model",
    async measure(context) {
      const { check, record } = parsePaymentCheck(await node("payment-check.ts", [], context));
      return [
        {
          what: "payment check, p50",
          value: check,
          unit: "ms",
          target: { of: "value", atMost: 0.3 },
        },
        {
          what: "hash of the body and record of the voucher, its flush not waited for, p50",
          value: record,
          unit: "ms",
        },
      ];
    },
  },
  {
    name: "market",
    title: "paid calls, a gateway and a bare express route with the same model, in turns",
    async measure(context) {
      const { lanes, callsPerSecond, p50, claim } = parseMarket(await node("market.ts", [], context));
      const { paid, gateway, bare } = callsPerSecond;
      return [
        {
          what: `paid calls, one buyer on ${lanes} lanes`,
          value: paid,
          unit: "calls/s",
          baseline: { what: "@portkey-ai/gateway", value: gateway },
          target: { of: "value", atLeast: 1_500 },
        },
        {
          what: `paid calls, one buyer on ${lanes} lanes`,
          value: paid,
          unit: "calls/s",
          baseline: { what: "bare express route", value: bare },
        },
        {
          what: "latency a provider adds to a bare route, p50",
          value: p50.provider - p50.bare,
          unit: "ms",
          baseline: { what: "bare route", value: p50.bare },
          target: { of: "value", atMost: 1 },
        },
        {
          what: "the same with the buyer's own work: signing, keeping, verifying",
          value: p50.paid - p50.bare,
          unit: "ms",
          baseline: { what: "bare route", value: p50.bare },
        },
        {
          what: "latency a gateway adds to a bare route, p50",
          value: p50.gateway - p50.bare,
          unit: "ms",
          baseline: { what: "bare route", value: p50.bare },
        },
        {
          what: `paid calls settled by one claim of ${claim.largest.rows} vouchers, ${claim.largest.bytes} bytes, ${claim.largest.gas} gas`,
          value: claim.largest.items,
          unit: "calls",
          target: { of: "value", atLeast: 10_000 },
        },
      ];
    },
  },
  {
    name: "index",
    title: "the explorer's index over recorded blocks, and bare inserts of the same rows, in turns",
    async measure(context) {
      const { txs, bytesPerBlock, rowsPerBlock, modes } = parseIndex(await node("index.ts", [], context));
      const block = `blocks of ${txs} transactions, ${Math.round(bytesPerBlock / 1_024)} KiB of JSON`;
      return modes.map(({ blocksPerTransaction, blocksPerSecond, insertsPerSecond }) => ({
        what: `${block}, ${blocksPerTransaction} in a database transaction`,
        value: blocksPerSecond,
        unit: "blocks/s",
        baseline: {
          what: `bare SQLite inserts of the same ${Math.round(rowsPerBlock)} rows`,
          value: insertsPerSecond,
        },
        // Asked of replaying, which writes many; following the chain writes one block at a time, as it comes.
        ...(blocksPerTransaction > 1 && { target: { of: "value" as const, atLeast: 1_000 } }),
      }));
    },
  },
  {
    name: "api",
    title: "the explorer's api and the node's own REST, the same questions, in turns",
    async measure(context) {
      const { clients, questions, p50 } = parseApi(await node("api.ts", [], context));
      return [
        {
          what: `latency of ${questions} questions from ${clients} clients, p50`,
          value: p50.api,
          unit: "ms",
          baseline: { what: "the node's REST", value: p50.rest },
        },
      ];
    },
  },
  {
    name: "page",
    title:
      "the explorer's start page and a model's, as Lighthouse judges them, and the script of a first visit",
    async measure(context) {
      const pages = parsePages(await node("page.ts", [], context));
      return pages.flatMap(({ page, scripts, scriptBytes, ...scores }) => [
        ...(["performance", "accessibility", "best-practices"] as const).map((category) => ({
          what: `${page}: ${category}`,
          value: scores[category],
          unit: "of 100",
          target: { of: "value" as const, atLeast: 95 },
        })),
        { what: `${page}: performance on a slow phone`, value: scores.phonePerformance, unit: "of 100" },
        {
          what: `${page}: ${scripts} scripts of a first visit, gzipped`,
          value: scriptBytes / 1_000,
          unit: "kB",
          target: { of: "value" as const, atMost: 250 },
        },
      ]);
    },
  },
];

function goBench(folder: string, pattern: string, time: string, { signal, say }: Context): Promise<string> {
  const args = ["test", folder, "-run", "^$", "-bench", pattern, "-benchtime", time, "-timeout", "20m"];
  return run("go", args, { cwd: join(ROOT, "chain"), signal, progress: say });
}

function node(script: string, args: readonly string[], { signal, say }: Context): Promise<string> {
  return run(process.execPath, [join(import.meta.dirname, script), ...args], {
    cwd: ROOT,
    signal,
    progress: say,
  });
}
