import { hash } from "node:crypto";
import { endianness } from "node:os";
import { AnswerKind, type ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import type { Row } from "@assay/client/generated/assay/poi/v1/epoch";
import { answerOf, answerWidth, KIND, outputCount, TAG_SIZE, type Format } from "@assay/client/protocol/rows";
import { SetupError } from "@assay/service-kit/errors";
import { InferenceError, MAX_TASK_MODELS, type InferencePool } from "@assay/service-kit/inference/pool";

/** Models on the items of one slot. */
export interface RowJob {
  /** Model ids, 32 bytes each, all different. */
  models: Uint8Array[];
  spec: ArenaSpec;
  /** Raw items, row-major, concatenated. */
  inputs: Uint8Array;
  items: number;
  /** Aborted when the rows would come too late. */
  signal: AbortSignal;
}

/** Says what models answer. The worker knows of no other way to fill a row. */
export interface RowComputer {
  /** One row per model, in their order. */
  compute(job: RowJob): Promise<Row[]>;
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

  async compute({ models, spec, inputs, items, signal }: RowJob): Promise<Row[]> {
    const format = formatOf(spec);
    const parts: Promise<Row[]>[] = [];
    for (let first = 0; first < models.length; first += MAX_TASK_MODELS) {
      const part = models.slice(first, first + MAX_TASK_MODELS);
      const hexes = part.map((model) => Buffer.from(model).toString("hex"));
      const logits = this.#pool.run({ models: hexes, file: this.#loadModel, spec, inputs, items, signal });
      parts.push(logits.then((all) => all.map((own, i) => rowOf(part[i] as Uint8Array, format, items, own))));
    }
    return (await Promise.all(parts)).flat();
  }
}

/** The row that a model's logits (of all items, concatenated) give. Throws {@link InferenceError} if they do not fit the arena. */
export function rowOf(model: Uint8Array, format: Format, items: number, logits: Int32Array): Row {
  const outputs = outputCount(format);
  if (logits.length !== items * outputs) {
    throw new InferenceError(
      `the model returned ${logits.length} numbers for ${items} items, expected ${items * outputs}`,
    );
  }
  const width = answerWidth(format);
  const answers = new Uint8Array(items * width);
  const tags = new Uint8Array(items * TAG_SIZE);
  for (let item = 0; item < items; item++) {
    const own = logits.subarray(item * outputs, (item + 1) * outputs);
    answers.set(answerOf(format, own), item * width);
    setTag(own, tags, item * TAG_SIZE);
  }
  return { model, answers, tags };
}

/**
 * Writes the protocol's `tagOf(logits)` to `tags`. On small models the tags are most of the work, and OpenSSL makes
 * them four times as fast as the portable function. Little-endian machines only, as {@link checkMachine} sees to.
 */
function setTag(logits: Int32Array, tags: Uint8Array, at: number): void {
  const bytes = new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength);
  const digest = hash("sha256", bytes, "binary");
  for (let i = 0; i < TAG_SIZE; i++) tags[at + i] = digest.charCodeAt(i);
}

/** Throws {@link SetupError} on a machine whose byte order would put wrong bytes into rows. */
export function checkMachine(): void {
  if (endianness() !== "LE") throw new SetupError("the scorer runs on little-endian machines only");
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
