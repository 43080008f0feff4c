/**
 * What the scoring worker adds to bare onnxruntime. The work is what a slot is: all models of an arena on one batch.
 * Measured in turns: a loop around `session.run` with one session per model, and the worker's row computation
 * (thread, copies, answers and tags included) with as many threads.
 *
 *     node scripts/bench/scorer.ts [--seconds 2] [--batch 64] [--rounds 3] [--arena digits]
 *
 * Prints a table and, as the last line, JSON {batch, ratio, arenas: [{arena, models, bare, worker, ratio}]}, speeds
 * in items/s. The ratio over all arenas is that of their times for one slot each; exits with 1 below 0.8.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { AnswerKind, ArenaSpec, TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { InferencePool } from "@assay/service-kit/inference/pool";
import { OnnxRowComputer } from "@assay/scorer/row-computer";
import Table from "cli-table3";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { z } from "zod";

const TARGET = 0.8;
const root = fileURLToPath(new URL("../..", import.meta.url));

const arenasFile = z.object({
  arenas: z.array(
    z.object({
      name: z.string(),
      input: z.object({ type: z.enum(["uint8", "int8", "int16"]), shape: z.array(z.int()) }),
      answer: z.looseObject({ kind: z.enum(["class", "scalar"]), labels: z.array(z.string()).default([]) }),
      reference: z.looseObject({ file: z.string() }),
      models: z.array(z.looseObject({ file: z.string() })),
    }),
  ),
});

interface Subject {
  arena: string;
  models: { id: Uint8Array; file: Uint8Array }[];
  spec: ArenaSpec;
  inputs: Uint8Array;
}

interface Result {
  arena: string;
  models: number;
  bare: number;
  worker: number;
  ratio: number;
}

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "2" },
    batch: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
    arena: { type: "string" },
  },
});
const milliseconds = Number(flags.seconds) * 1000;
const batch = Number(flags.batch);
const rounds = Number(flags.rounds);
const signal = new AbortController().signal;

const subjects = await readSubjects();
const files = new Map(
  subjects.flatMap(({ models }) => models.map(({ id, file }) => [Buffer.from(id).toString("hex"), file])),
);
const pool = new InferencePool({ threads: 1, sessionsPerThread: 256 });
const computer = new OnnxRowComputer(pool, async (modelHex) => files.get(modelHex) as Uint8Array);

const results: Result[] = [];
for (const subject of subjects) {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const sessions = await Promise.all(
    subject.models.map(({ file }) => InferenceSession.create(file, options)),
  );
  const bare: number[] = [];
  const worker: number[] = [];
  // In turns, so that whatever else the machine does meets both.
  for (let round = 0; round < rounds; round++) {
    bare.push(await slotsPerSecond(1, () => runBare(sessions, subject)));
    // Two slots at a time, as in the phase in which they are due.
    worker.push(await slotsPerSecond(2, () => runWorker(subject)));
  }
  for (const session of sessions) await session.release();
  const items = batch * subject.models.length;
  const [bareItems, workerItems] = [median(bare) * items, median(worker) * items];
  const { arena, models } = subject;
  results.push({
    arena,
    models: models.length,
    bare: bareItems,
    worker: workerItems,
    ratio: workerItems / bareItems,
  });
}
await pool.close();

const time = (speed: (result: Result) => number) =>
  results.reduce((sum, result) => sum + result.models / speed(result), 0);
const ratio = time(({ bare }) => bare) / time(({ worker }) => worker);
const table = new Table({
  head: ["arena", "models", "bare items/s", "worker items/s", "ratio"],
  style: { head: [], border: [] },
});
for (const { arena, models, bare, worker, ratio: own } of results) {
  table.push([arena, models, bare.toFixed(0), worker.toFixed(0), own.toFixed(3)]);
}
console.log(table.toString());
console.log(JSON.stringify({ batch, ratio: Number(ratio.toFixed(3)), arenas: results }));
process.exit(ratio >= TARGET ? 0 : 1);

async function runBare(sessions: InferenceSession[], { spec, inputs }: Subject): Promise<void> {
  const tensor = tensorOf(spec, inputs);
  for (const session of sessions) await session.run({ [session.inputNames[0] as string]: tensor });
}

async function runWorker({ models, spec, inputs }: Subject): Promise<void> {
  await computer.compute({ models: models.map(({ id }) => id), spec, inputs, items: batch, signal });
}

/** Runs `lanes` loops of `once` for the set time, after a fifth of it to warm up. */
async function slotsPerSecond(lanes: number, once: () => Promise<void>): Promise<number> {
  const loop = async (until: number): Promise<number> => {
    let runs = 0;
    for (; performance.now() < until; runs++) await once();
    return runs;
  };
  await loop(performance.now() + milliseconds / 5);
  const start = performance.now();
  const runs = await Promise.all(Array.from({ length: lanes }, () => loop(start + milliseconds)));
  return runs.reduce((sum, count) => sum + count, 0) / ((performance.now() - start) / 1000);
}

function tensorOf(spec: ArenaSpec, inputs: Uint8Array): Tensor {
  const shape = [batch, ...spec.inputShape];
  const { buffer } = inputs;
  switch (spec.inputType) {
    case TensorType.UINT8:
      return new Tensor("uint8", inputs, shape);
    case TensorType.INT8:
      return new Tensor("int8", new Int8Array(buffer), shape);
    case TensorType.INT16:
      return new Tensor("int16", new Int16Array(buffer), shape);
    default:
      throw new Error(`unknown tensor type ${spec.inputType}`);
  }
}

/** The models of models/arenas.json, with inputs that are valid for their arena. */
async function readSubjects(): Promise<Subject[]> {
  const path = resolve(root, "models/arenas.json");
  const { arenas } = arenasFile.parse(JSON.parse(await readFile(path, "utf8")));
  const wanted = arenas.filter(({ name }) => flags.arena === undefined || flags.arena === name);
  if (wanted.length === 0) throw new Error(`there is no arena ${flags.arena} in models/arenas.json`);
  return Promise.all(
    wanted.map(async (arena) => {
      const spec = ArenaSpec.fromPartial({
        name: arena.name,
        inputType: { uint8: TensorType.UINT8, int8: TensorType.INT8, int16: TensorType.INT16 }[
          arena.input.type
        ],
        inputShape: arena.input.shape,
        answer: arena.answer.kind === "class" ? AnswerKind.CLASS : AnswerKind.SCALAR,
        labels: arena.answer.labels,
      });
      const models = await Promise.all(
        [arena.reference, ...arena.models].map(async ({ file: relative }) => {
          const file = new Uint8Array(await readFile(resolve(dirname(path), relative)));
          return { file, id: new Uint8Array(createHash("sha256").update(file).digest()) };
        }),
      );
      return { arena: arena.name, models, spec, inputs: smallValues(spec) };
    }),
  );
}

/** Values 0 to 99: allowed by every input type, and by the tables of token arenas. */
function smallValues(spec: ArenaSpec): Uint8Array {
  const size = spec.inputShape.reduce((product, dimension) => product * dimension, batch);
  const value = (_: unknown, index: number) => (index * 7) % 100;
  const values = Array.from({ length: size }, value);
  return spec.inputType === TensorType.INT16
    ? new Uint8Array(Int16Array.from(values).buffer)
    : Uint8Array.from(values);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
