import { AnswerKind, type ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import type { Row } from "@assay/client/generated/assay/poi/v1/epoch";
import { answerOf, answerWidth, KIND, outputCount, TAG_SIZE, tagOf, type Format } from "@assay/client/protocol/rows";
import { InferenceError, type InferencePool } from "./inference/pool.ts";

/** One model on the items of one slot. */
export interface RowJob {
  /** Model id, 32 bytes. */
  model: Uint8Array;
  spec: ArenaSpec;
  /** Raw items, row-major, concatenated. */
  inputs: Uint8Array;
  items: number;
  /** Aborted when the row would come too late. */
  signal: AbortSignal;
}

/** Says what a model answers. The worker knows of no other way to fill a row. */
export interface RowComputer {
  compute(job: RowJob): Promise<Row>;
}

/** Computes rows with onnxruntime. */
export class OnnxRowComputer implements RowComputer {
  readonly #pool: InferencePool;
  readonly #loadModel: (modelHex: string) => Promise<Uint8Array>;

  /** `loadModel` returns bytes whose sha256 is `modelHex`. */
  constructor(pool: InferencePool, loadModel: (modelHex: string) => Promise<Uint8Array>) {
    this.#pool = pool;
    this.#loadModel = loadModel;
  }

  async compute({ model, spec, inputs, items, signal }: RowJob): Promise<Row> {
    const modelHex = Buffer.from(model).toString("hex");
    const file = () => this.#loadModel(modelHex);
    const logits = await this.#pool.run({ modelHex, file, spec, inputs, items, signal });
    return rowOf(model, formatOf(spec), items, logits);
  }
}

/** The row that a model's logits (of all items, concatenated) give. Throws {@link InferenceError} if they do not fit the arena. */
export function rowOf(model: Uint8Array, format: Format, items: number, logits: Int32Array): Row {
  const outputs = outputCount(format);
  if (logits.length !== items * outputs) {
    throw new InferenceError(`the model returned ${logits.length} numbers for ${items} items, expected ${items * outputs}`);
  }
  const width = answerWidth(format);
  const answers = new Uint8Array(items * width);
  const tags = new Uint8Array(items * TAG_SIZE);
  for (let item = 0; item < items; item++) {
    const own = logits.subarray(item * outputs, (item + 1) * outputs);
    answers.set(answerOf(format, own), item * width);
    tags.set(tagOf(own), item * TAG_SIZE);
  }
  return { model, answers, tags };
}

/** How an arena encodes answers. */
export function formatOf(spec: ArenaSpec): Format {
  switch (spec.answer) {
    case AnswerKind.CLASS:
      return { kind: KIND.class, classes: spec.labels.length, tolerance: 0n };
    case AnswerKind.SCALAR:
      return { kind: KIND.scalar, classes: 0, tolerance: BigInt(spec.tolerance) };
    default:
      throw new InferenceError(`arena ${spec.name} has an unknown kind of answer; update this program`);
  }
}
