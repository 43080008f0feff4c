import { z } from "zod";

/** Values that a Go benchmark reports, by unit. */
export type Metrics = ReadonlyMap<string, number>;

/** The metrics of each benchmark in what `go test -bench` printed, by name without "Benchmark" and processors. */
export function parseGoBench(output: string): Map<string, Metrics> {
  const benchmarks = new Map<string, Metrics>();
  for (const line of output.split("\n")) {
    const [, name, rest] = /^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    const words = rest.trim().split(/\s+/);
    const metrics = new Map<string, number>();
    for (let i = 0; i + 1 < words.length; i += 2) metrics.set(words[i + 1] as string, Number(words[i]));
    benchmarks.set(name, metrics);
  }
  return benchmarks;
}

/** One metric of one benchmark. Throws, with what was printed, if the benchmark did not report it. */
export function metric(output: string, benchmark: string, unit: string): number {
  const value = parseGoBench(output).get(benchmark)?.get(unit);
  if (value === undefined || !Number.isFinite(value)) {
    throw new Error(`Benchmark${benchmark} did not report ${unit}; it printed:\n${output}`);
  }
  return value;
}

export interface Comparison {
  models: number;
  outputs: number;
  differences: number;
}

/** The last line of bench/differential.ts. */
export function parseDifferential(output: string): Comparison {
  const found = /^(\d+) models x \d+ runtimes, (\d+) outputs: (\d+) differences/m.exec(output);
  if (!found) throw new Error(`the differential test has not ended; it printed:\n${output}`);
  const [models, outputs, differences] = found.slice(1).map(Number) as [number, number, number];
  return { models, outputs, differences };
}

const scorerResult = z.object({
  batch: z.int(),
  ratio: z.number(),
  arenas: z.array(
    z.object({
      arena: z.string(),
      models: z.int(),
      bare: z.number(),
      worker: z.number(),
      ratio: z.number(),
    }),
  ),
});
export type ScorerResult = z.output<typeof scorerResult>;

/** The last line of bench/scorer.ts. */
export function parseScorer(output: string): ScorerResult {
  return scorerResult.parse(JSON.parse(lastLine(output, "scorer")));
}

/** The line of JSON with which a benchmark ends. */
function lastLine(output: string, benchmark: string): string {
  const last = output.trimEnd().split("\n").at(-1) ?? "";
  if (!/^[{[]/.test(last))
    throw new Error(`the ${benchmark} benchmark has not ended; it printed:\n${output}`);
  return last;
}

const marketResult = z.object({
  lanes: z.int(),
  callsPerSecond: z.object({ paid: z.number(), gateway: z.number(), bare: z.number() }),
  /** Milliseconds, one call at a time: the whole paid call, and its request alone. */
  p50: z.object({ paid: z.number(), provider: z.number(), gateway: z.number(), bare: z.number() }),
  claim: z.object({
    transactions: z.int(),
    items: z.int(),
    largest: z.object({ rows: z.int(), items: z.int(), gas: z.int(), bytes: z.int() }),
  }),
});
export type MarketResult = z.output<typeof marketResult>;

/** The last line of bench/market.ts. */
export function parseMarket(output: string): MarketResult {
  return marketResult.parse(JSON.parse(lastLine(output, "market")));
}

const paymentCheckResult = z.object({ check: z.number(), record: z.number() });

/** The last line of bench/payment-check.ts. */
export function parsePaymentCheck(output: string): z.output<typeof paymentCheckResult> {
  return paymentCheckResult.parse(JSON.parse(lastLine(output, "payment check")));
}

const indexResult = z.object({
  blocks: z.int(),
  txs: z.int(),
  /** Of JSON, as the node sends them. */
  bytesPerBlock: z.number(),
  rowsPerBlock: z.number(),
  /** Blocks: indexed, and written by bare inserts of the same rows. */
  modes: z.array(
    z.object({ blocksPerTransaction: z.int(), blocksPerSecond: z.number(), insertsPerSecond: z.number() }),
  ),
});
export type IndexResult = z.output<typeof indexResult>;

/** The last line of bench/index.ts. */
export function parseIndex(output: string): IndexResult {
  return indexResult.parse(JSON.parse(lastLine(output, "index")));
}

const apiResult = z.object({
  clients: z.int(),
  questions: z.int(),
  p50: z.object({ api: z.number(), rest: z.number() }),
});

/** The last line of bench/api.ts; milliseconds. */
export function parseApi(output: string): z.output<typeof apiResult> {
  return apiResult.parse(JSON.parse(lastLine(output, "api")));
}

const score = z.int().min(0).max(100);
const pagesResult = z
  .array(
    z.object({
      page: z.string(),
      /** What Lighthouse gives it on a desktop computer. */
      performance: score,
      accessibility: score,
      "best-practices": score,
      /** On a slow phone. */
      phonePerformance: score,
      scripts: z.int(),
      /** As gzip sends them. */
      scriptBytes: z.int(),
    }),
  )
  .min(1);

/** The last line of bench/page.ts. */
export function parsePages(output: string): z.output<typeof pagesResult> {
  return pagesResult.parse(JSON.parse(lastLine(output, "page")));
}
