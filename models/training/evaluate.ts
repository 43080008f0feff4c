/**
 * Measures every model of arenas.json on hidden items, as sponsors make them,
 * with onnxruntime, and prints a report in Markdown:
 *
 *   node models/training/evaluate.ts [--arena NAME] [--items N] [--assayd FILE] > models/RESULTS.md
 *
 * N items come from each of five sponsors' shares. The chain's interpreter
 * (`make build/assayd`) checks every file and runs the first batch of each share.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { z } from "zod";
import { readArenas, type Arena } from "../arenas.ts";
import { makeBatches, type Item } from "../datasets/dataset.ts";
import { load } from "../datasets/load.ts";

const SHARES = 5;
const BATCH = 64;
const SEED = Buffer.from("assay evaluation, not a secret");
/** Significance that the ladder asks of a step: (b - c)^2 >= 12 (b + c). */
const Z2 = 12;

interface Measured {
  readonly name: string;
  readonly role: string;
  readonly bytes: number;
  readonly macs: number;
  readonly sha256: string;
  /** Per item, in the order of the shares. */
  readonly correct: readonly boolean[];
}

const run = promisify(execFile);
const Checked = z.object({ ok: z.literal(true), sha256: z.string(), macs: z.number() });
const Ran = z.object({ outputs: z.array(z.array(z.int())) });

const { values } = parseArgs({
  options: {
    arena: { type: "string" },
    items: { type: "string", default: "2048" },
    assayd: { type: "string", default: fileURLToPath(new URL("../../build/assayd", import.meta.url)) },
  },
});
const perShare = Number(values.items);
const arenas = (await readArenas()).filter(({ name }) => values.arena === undefined || name === values.arena);
if (arenas.length === 0 || !Number.isInteger(perShare) || perShare < BATCH || perShare % BATCH !== 0) {
  console.error(
    `usage: node models/training/evaluate.ts [--arena NAME] [--items N] [--assayd FILE], N a multiple of ${BATCH}`,
  );
  process.exit(2);
}

console.log(`# Measured accuracy

Written by \`models/training/evaluate.ts\` with onnxruntime-node on ${SHARES} x ${perShare} hidden items per arena (${SHARES} sponsors'
disjoint shares). *By sponsor* is the smallest and the largest error of the five. *Ratio* is the error divided by that of the
model in the row above. *Items for a step* is how many items it takes on average until \`(b - c)^2 >= ${Z2} (b + c)\` against
that model. Every file passed \`assayd intonnx check\`, and \`assayd intonnx run\` gave the same integers on the first batch of each share.`);
for (const arena of arenas) await report(arena);

async function report(arena: Arena): Promise<void> {
  const dataset = await load(arena.loader);
  const shares = Array.from({ length: SHARES }, (_, share) =>
    makeBatches(dataset, { part: "hidden", share, shares: SHARES, seed: SEED, size: BATCH }),
  );
  const batches = shares.flatMap((share) =>
    Array.from({ length: perShare / BATCH }, (_, b) => share.batch(b)),
  );
  const models = [{ ...arena.reference, role: "reference" }, ...arena.models];
  console.log(
    `\n## ${arena.name}\n\n${arena.description}. ${batches.length * BATCH} items from ${dataset.hidden.length} hidden sources; ${dataset.train.length} sources for training.\n`,
  );
  console.log(
    "| model | role | bytes | MACs | accuracy | error | by sponsor | ratio | items for a step | sha256 |",
  );
  console.log("|---|---|---:|---:|---:|---:|---:|---:|---:|---|");
  let before: Measured | undefined;
  for (const { name, role, file } of models) {
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
    const bytes = await readFile(path);
    const { macs, sha256 } = Checked.parse(await assayd("check", path));
    const logits = await infer(bytes, arena, batches);
    for (let i = 0; i < batches.length; i += perShare / BATCH) await compare(path, batches[i]!, logits[i]!);
    const correct = batches.flatMap((batch, b) =>
      batch.map(({ label }, i) => argmax(logits[b]![i]!) === label),
    );
    const model = { name, role, bytes: bytes.length, macs, sha256, correct };
    console.log(row(model, before));
    before = model;
  }
}

/** Logits per batch and item, from onnxruntime. */
async function infer(file: Uint8Array, arena: Arena, batches: readonly Item[][]): Promise<number[][][]> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  const logits: number[][][] = [];
  for (const batch of batches) {
    const bytes = Buffer.concat(batch.map(({ input }) => input));
    const outputs = await session.run({
      [session.inputNames[0]!]: toTensor(arena.input, bytes, batch.length),
    });
    const values = outputs[session.outputNames[0]!]!.data as Int32Array;
    const classes = values.length / batch.length;
    logits.push(batch.map((_, i) => [...values.subarray(i * classes, (i + 1) * classes)]));
  }
  await session.release();
  return logits;
}

/** Fails when the chain's interpreter gives other integers than onnxruntime gave. */
async function compare(model: string, batch: readonly Item[], logits: readonly number[][]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assay-evaluate-"));
  try {
    const input = join(folder, "input.bin");
    await writeFile(input, Buffer.concat(batch.map((item) => item.input)));
    const { outputs } = Ran.parse(
      await assayd("run", model, "--input", input, "--batch", String(batch.length)),
    );
    if (JSON.stringify(outputs) !== JSON.stringify(logits))
      throw new Error(`${model}: assayd and onnxruntime give different integers`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function assayd(...args: string[]): Promise<unknown> {
  const { stdout } = await run(values.assayd, ["intonnx", ...args], { maxBuffer: 64 << 20, timeout: 60_000 });
  return JSON.parse(stdout);
}

function toTensor({ type, shape }: Arena["input"], bytes: Uint8Array, count: number): Tensor {
  const dims = [count, ...shape];
  if (type === "uint8") return new Tensor(type, bytes, dims);
  if (type === "int8") return new Tensor(type, new Int8Array(bytes), dims);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return new Tensor(
    type,
    Int16Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true)),
    dims,
  );
}

/** Lowest index on a tie, as the protocol counts it. */
function argmax(logits: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

function row(model: Measured, before: Measured | undefined): string {
  const n = model.correct.length;
  const wrong = errors(model.correct);
  const byShare = Array.from(
    { length: SHARES },
    (_, k) => errors(model.correct.slice(k * perShare, (k + 1) * perShare)) / perShare,
  );
  const spread = `${percent(Math.min(...byShare))} - ${percent(Math.max(...byShare))}`;
  const cells = [
    model.name,
    model.role,
    String(model.bytes),
    String(model.macs),
    percent(1 - wrong / n),
    percent(wrong / n),
    spread,
  ];
  if (before) {
    const b = model.correct.filter((ok, i) => ok && !before.correct[i]).length;
    const c = model.correct.filter((ok, i) => !ok && before.correct[i]).length;
    cells.push(
      (wrong / errors(before.correct)).toFixed(2),
      b > c ? String(Math.ceil((Z2 * (b + c) * n) / (b - c) ** 2)) : "never",
    );
  } else {
    cells.push("", "");
  }
  return `| ${[...cells, model.sha256.slice(0, 16)].join(" | ")} |`;
}

function errors(correct: readonly boolean[]): number {
  return correct.filter((ok) => !ok).length;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
