/**
 * Differential test: IntONNX-24 models must give the same integers in onnxruntime, at every
 * optimisation level, as in the chain's interpreter.
 *
 *     node scripts/bench/differential.ts --graphs 2000 --seed 1     random models
 *     node scripts/bench/differential.ts models/digits/*.onnx          these files, random inputs
 *
 * The models, their inputs and the interpreter's outputs come from chain/intonnx/internal/gen, one
 * JSON object a line. Exits with 1 at any difference, and names the seed or file that reproduces it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";

interface Sample {
  name: string;
  model: string;
  inputs: string;
  batch: number;
  info: { input: { type: "uint8" | "int8" | "int16"; shape: number[] }; outputs: number[] };
  outputs: number[][];
}

interface Runtime {
  name: string;
  options: InferenceSession.SessionOptions;
  /** Items per run: the whole batch, or one at a time. */
  whole: boolean;
}

const quiet = { logSeverityLevel: 3 } as const;
const runtimes: Runtime[] = [
  {
    name: "disabled",
    options: { ...quiet, graphOptimizationLevel: "disabled", intraOpNumThreads: 1 },
    whole: true,
  },
  {
    name: "basic",
    options: { ...quiet, graphOptimizationLevel: "basic", intraOpNumThreads: 1 },
    whole: false,
  },
  {
    name: "extended",
    options: { ...quiet, graphOptimizationLevel: "extended", intraOpNumThreads: 2 },
    whole: true,
  },
  { name: "all", options: { ...quiet, graphOptimizationLevel: "all", intraOpNumThreads: 1 }, whole: true },
  {
    name: "all, one by one",
    options: { ...quiet, graphOptimizationLevel: "all", intraOpNumThreads: 2 },
    whole: false,
  },
];

function tensor(sample: Sample, raw: Uint8Array<ArrayBuffer>, items: number): Tensor {
  const { type, shape } = sample.info.input;
  const dims = [items, ...shape];
  switch (type) {
    case "uint8":
      return new Tensor("uint8", raw, dims);
    case "int8":
      return new Tensor("int8", new Int8Array(raw.buffer), dims);
    case "int16":
      return new Tensor("int16", new Int16Array(raw.buffer), dims);
  }
}

async function run(sample: Sample, runtime: Runtime): Promise<number[]> {
  const session = await InferenceSession.create(Buffer.from(sample.model, "base64"), runtime.options);
  try {
    const inputs = new Uint8Array(Buffer.from(sample.inputs, "base64"));
    const items = runtime.whole ? sample.batch : 1;
    const size = (inputs.length / sample.batch) * items;
    const outputs: number[] = [];
    for (let at = 0; at < inputs.length; at += size) {
      const results = await session.run({
        [session.inputNames[0]!]: tensor(sample, inputs.slice(at, at + size), items),
      });
      const output = results[session.outputNames[0]!]!;
      const dims = [items, ...sample.info.outputs];
      if (output.type !== "int32" || output.dims.join() !== dims.join()) {
        throw new Error(`output ${output.type} [${output.dims.join()}], expected int32 [${dims.join()}]`);
      }
      outputs.push(...(output.data as Int32Array));
    }
    return outputs;
  } finally {
    await session.release();
  }
}

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { graphs: { type: "string", default: "2000" }, seed: { type: "string", default: "1" } },
});
const graphs = files.length > 0 ? files.length : Number(values.graphs);
if (!Number.isInteger(graphs) || graphs < 1)
  throw new Error(`--graphs ${values.graphs}: expected a positive number`);
const source =
  files.length > 0
    ? ["files", values.seed, ...files.map((file) => resolve(file))]
    : ["random", values.graphs, values.seed];

const started = performance.now();
const generator = spawn("go", ["run", "./intonnx/internal/gen", ...source], {
  cwd: fileURLToPath(new URL("../../chain/", import.meta.url)),
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = once(generator, "close") as Promise<[number | null]>;

let compared = 0;
let outputs = 0;
let differences = 0;
for await (const line of createInterface({ input: generator.stdout })) {
  const sample = JSON.parse(line) as Sample;
  const expected = sample.outputs.flat();
  for (const runtime of runtimes) {
    let problem: string | undefined;
    try {
      const got = await run(sample, runtime);
      const at = expected.findIndex((v, i) => v !== got[i]);
      if (at >= 0 || got.length !== expected.length)
        problem = `output ${at}: onnxruntime ${got[at]}, interpreter ${expected[at]}`;
    } catch (error) {
      problem = String(error);
    }
    if (problem !== undefined) {
      differences++;
      console.error(`${sample.name}, ${runtime.name}: ${problem}`);
    }
    outputs += expected.length;
  }
  compared++;
  if (compared % 250 === 0) console.error(`${compared} of ${graphs} models`);
}
const [code] = await ended;
if (code !== 0 || compared !== graphs)
  throw new Error(`the generator ended with code ${code} after ${compared} of ${graphs} models`);

const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  `${compared} models x ${runtimes.length} runtimes, ${outputs} outputs: ${differences} differences (${seconds} s)`,
);
process.exitCode = differences === 0 ? 0 : 1;
