import { AnswerKind, TensorType, type ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { KIND, type Format } from "@assay/client/protocol/rows";
import type { Dataset } from "@assay/models/datasets/dataset";
import { DataError } from "./errors.ts";

/** What an arena fixes about the bytes of a batch. */
export interface ArenaFormat {
  /** Bytes of one item: the input tensor without the batch dimension. */
  readonly itemBytes: number;
  readonly labels: Format;
}

const ELEMENT_BYTES: ReadonlyMap<TensorType, number> = new Map([
  [TensorType.UINT8, 1],
  [TensorType.INT8, 1],
  [TensorType.INT16, 2],
]);

/** Throws {@link DataError} for an arena of a kind this version does not know. */
export function formatOf(spec: ArenaSpec): ArenaFormat {
  const width = ELEMENT_BYTES.get(spec.inputType);
  if (width === undefined)
    throw new DataError(`arena ${spec.name} has an input type this version does not know; update it`);
  const itemBytes = spec.inputShape.reduce((product, dimension) => product * dimension, width);
  switch (spec.answer) {
    case AnswerKind.CLASS:
      return { itemBytes, labels: { kind: KIND.class, classes: spec.labels.length, tolerance: 0n } };
    case AnswerKind.SCALAR:
      return { itemBytes, labels: { kind: KIND.scalar, classes: 0, tolerance: BigInt(spec.tolerance) } };
    default:
      throw new DataError(`arena ${spec.name} has a kind of answer this version does not know; update it`);
  }
}

/** Throws {@link DataError} unless the data set was made for an arena like this one. */
export function checkDataset(spec: ArenaSpec, dataset: Dataset): void {
  if (dataset.preprocessing !== spec.preprocessing) {
    throw new DataError(
      `arena ${spec.name} takes items prepared by ${spec.preprocessing}, the loader ${dataset.name} gives ` +
        `${dataset.preprocessing}: choose another loader`,
    );
  }
  if (spec.answer !== AnswerKind.CLASS) return;
  const differs = spec.labels.findIndex((label, i) => label !== dataset.labels[i]);
  if (differs >= 0 || spec.labels.length !== dataset.labels.length) {
    throw new DataError(
      `the labels of arena ${spec.name} (${spec.labels.length}) are not those of the loader ${dataset.name} ` +
        `(${dataset.labels.length})${differs >= 0 ? `: number ${differs} is "${spec.labels[differs]}" here and "${dataset.labels[differs]}" there` : ""}`,
    );
  }
}
