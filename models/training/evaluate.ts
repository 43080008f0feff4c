/**
 * Measures every model of arenas.json on hidden items, as sponsors make them,
 * with onnxruntime, and prints a report in Markdown:
 *
 *   node models/training/evaluate.ts [--arena NAME] [--items N] > models/RESULTS.md
 *
 * N items come from each of five sponsors' shares.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readArenas, type Arena } from '../arenas.ts';
import { makeBatches, type Item } from '../datasets/dataset.ts';
import { load } from '../datasets/load.ts';

const SHARES = 5;
const BATCH = 64;
const SEED = Buffer.from('assay evaluation, not a secret');
/** Significance that the ladder asks of a step: (b - c)^2 >= 12 (b + c). */
const Z2 = 12;

interface Measured {
  readonly name: string;
  readonly role: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly correct: boolean[];
}

const { values } = parseArgs({ options: { arena: { type: 'string' }, items: { type: 'string', default: '2048' } } });
const perShare = Number(values.items);
const arenas = (await readArenas()).filter(({ name }) => values.arena === undefined || name === values.arena);
if (arenas.length === 0 || !Number.isInteger(perShare) || perShare < BATCH) {
  console.error(`usage: node models/training/evaluate.ts [--arena NAME] [--items N], N at least ${BATCH}`);
  process.exit(2);
}

console.log(`# Measured accuracy

Written by \`models/training/evaluate.ts\` with onnxruntime-node on ${SHARES} x ${perShare} hidden items per arena (${SHARES} sponsors'
disjoint shares). *Ratio* is the error divided by that of the honest model before. *Items for a step* is how many items the
ladder needs, on average, until \`(b - c)^2 >= ${Z2} (b + c)\` holds against the model before.`);
for (const arena of arenas) await report(arena);

async function report(arena: Arena): Promise<void> {
  const dataset = await load(arena.loader);
  const shares = Array.from({ length: SHARES }, (_, share) => makeBatches(dataset, { part: 'hidden', share, shares: SHARES, seed: SEED, size: BATCH }));
  const items = shares.flatMap((batches) => Array.from({ length: Math.ceil(perShare / BATCH) }, (_, b) => batches.batch(b)).flat());
  const models = [{ ...arena.reference, role: 'reference' }, ...arena.models];
  console.log(`\n## ${arena.name}\n\n${arena.description}. ${items.length} items from ${dataset.hidden.length} hidden sources; ${dataset.train.length} sources for training.\n`);
  console.log('| model | role | bytes | accuracy | error | ratio | items for a step | sha256 |\n|---|---|---:|---:|---:|---:|---:|---|');
  let before: Measured | undefined;
  for (const { name, role, file } of models) {
    const bytes = await readFile(new URL(`../${file}`, import.meta.url));
    const correct = await answers(bytes, arena, items);
    const model = { name, role, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), correct };
    console.log(row(model, before));
    before = model;
  }
}

async function answers(file: Uint8Array, arena: Arena, items: readonly Item[]): Promise<boolean[]> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  const correct: boolean[] = [];
  for (let from = 0; from < items.length; from += BATCH) {
    const batch = items.slice(from, from + BATCH);
    const bytes = Buffer.concat(batch.map(({ input }) => input));
    const outputs = await session.run({ [session.inputNames[0]!]: toTensor(arena.input, bytes, batch.length) });
    const logits = outputs[session.outputNames[0]!]!.data as Int32Array;
    const classes = logits.length / batch.length;
    batch.forEach(({ label }, i) => correct.push(argmax(logits.subarray(i * classes, (i + 1) * classes)) === label));
  }
  await session.release();
  return correct;
}

function toTensor({ type, shape }: Arena['input'], bytes: Uint8Array, count: number): Tensor {
  const dims = [count, ...shape];
  if (type === 'uint8') return new Tensor(type, bytes, dims);
  if (type === 'int8') return new Tensor(type, new Int8Array(bytes), dims);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return new Tensor(type, Int16Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true)), dims);
}

/** Lowest index on a tie, as the protocol counts it. */
function argmax(logits: Int32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

function row(model: Measured, before: Measured | undefined): string {
  const n = model.correct.length;
  const wrong = model.correct.filter((ok) => !ok).length;
  const cells = [model.name, model.role, String(model.bytes), percent(1 - wrong / n), percent(wrong / n)];
  if (before) {
    const wrongBefore = before.correct.filter((ok) => !ok).length;
    const b = model.correct.filter((ok, i) => ok && !before.correct[i]).length;
    const c = model.correct.filter((ok, i) => !ok && before.correct[i]).length;
    cells.push((wrong / wrongBefore).toFixed(2), b > c ? String(Math.ceil((Z2 * (b + c) * n) / (b - c) ** 2)) : 'never');
  } else {
    cells.push('', '');
  }
  return `| ${[...cells, model.sha256.slice(0, 16)].join(' | ')} |`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
