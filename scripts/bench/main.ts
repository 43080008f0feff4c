/**
 * Measures what the project promises, each number beside its baseline in the same run.
 *
 *     npm run bench -- [--only interpreter,settle] [--json FILE]
 *
 * Exits with 1 when a target is missed. Machines do other things too: numbers of code that runs alone are the best of
 * many runs.
 */
import { writeFile } from "node:fs/promises";
import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { isMet, type Measure, type Part, parts, ratioOf } from "./parts.ts";

const names = parts.map(({ name }) => name).join(", ");
const program = new Command("bench")
  .description("Measures what the project promises.")
  .option<readonly Part[]>("--only <parts>", `some of ${names}`, chooseParts, parts)
  .option("--json <file>", "write the result there, too")
  .parse();
const options = program.opts<{ only: readonly Part[]; json?: string }>();

const started = performance.now();
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stop.abort(new DOMException(`stopped by ${signal}`, "AbortError"));
  });
}
process.exitCode = await main();

async function main(): Promise<number> {
  const measures: Measure[] = [];
  try {
    for (const { name, title, measure } of options.only) {
      say(`${name}: ${title} ...`);
      const context = { signal: stop.signal, say: (text: string) => say(`${name}: ${text}`) };
      for (const each of await measure(context)) measures.push({ part: name, ...each });
    }
    process.stdout.write(`${makeTable(measures)}\n`);
    if (options.json !== undefined) {
      await writeFile(options.json, `${JSON.stringify(measures.map(asJson), null, 2)}\n`);
    }
  } catch (error) {
    if (stop.signal.aborted) return 130;
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  const missed = measures.filter((measure) => isMet(measure) === false);
  if (missed.length > 0) {
    process.stderr.write(`bench: missed ${missed.map(({ part, what }) => `${part} (${what})`).join(", ")}\n`);
  }
  return missed.length > 0 ? 1 : 0;
}

function chooseParts(text: string): readonly Part[] {
  const wanted = text.split(",");
  const unknown = wanted.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no ${unknown}; there are ${names}.`);
  return parts.filter(({ name }) => wanted.includes(name));
}

function say(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${seconds} s  ${text}\n`);
}

function makeTable(measures: readonly Measure[]): string {
  const table = new Table({
    head: ["part", "measured", "value", "baseline", "ratio", "target", "ok"],
    colAligns: ["left", "left", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const measure of measures) {
    const { part, what, value, unit, baseline } = measure;
    table.push([
      part,
      what,
      `${rounded(value)} ${unit}`.trimEnd(),
      baseline ? `${rounded(baseline.value)} (${baseline.what})` : "",
      rounded(ratioOf(measure)),
      describeTarget(measure),
      { true: "yes", false: "NO", undefined: "" }[String(isMet(measure))] ?? "",
    ]);
  }
  return table.toString();
}

function describeTarget({ unit, target }: Measure): string {
  if (!target) return "";
  const { of, atLeast, atMost } = target;
  const bound = atLeast === undefined ? `<= ${atMost}` : `>= ${atLeast}`;
  return of === "ratio" ? `ratio ${bound}` : `${bound} ${unit}`.trimEnd();
}

/** Three digits that say something; large numbers whole. */
function rounded(value: number | undefined): string {
  if (value === undefined) return "";
  return value === 0 || Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function asJson(measure: Measure) {
  return { ...measure, ratio: ratioOf(measure), ok: isMet(measure) };
}
