import { batchLeaf, labelsHash } from "@assay/client/protocol/hash";
import { merklePath, merkleRoot } from "@assay/client/protocol/merkle";
import { encodeLabels } from "@assay/client/protocol/rows";
import type { Item } from "@assay/models/datasets/dataset";
import type { ArenaFormat } from "./arena-format.ts";
import { DataError } from "./errors.ts";
import type { Secret, SeatId } from "./secret.ts";

/** A batch with everything that opens it. */
export interface SealedBatch {
  /** Items' raw bytes, concatenated. */
  readonly inputs: Uint8Array;
  /** As the chain takes them: one byte per item, or four in scalar arenas. */
  readonly labels: Uint8Array;
  readonly salt: Uint8Array;
  readonly labelsHash: Uint8Array;
  readonly leaf: Uint8Array;
}

/** What turns items into sealed batches. */
export interface Seal {
  readonly seat: SeatId;
  readonly format: ArenaFormat;
  readonly secret: Secret;
}

/**
 * Seals the items of one batch.
 *
 * @param commitment number of the commitment it belongs to.
 * @param batch its number among all batches of the sponsor in the arena.
 * Throws {@link DataError} when an item or a label is not one of the arena.
 */
export function sealBatch(
  seal: Seal,
  commitment: number,
  batch: number,
  items: readonly Item[],
): SealedBatch {
  const { seat, format, secret } = seal;
  const wrong = items.find(({ input }) => input.length !== format.itemBytes);
  if (wrong)
    throw new DataError(`an item has ${wrong.input.length} bytes, the arena takes ${format.itemBytes}`);
  const labels = labelBytes(format, items);
  const salt = secret.salt(seat, commitment, batch);
  const hash = labelsHash(labels, salt);
  const inputsRoot = merkleRoot(items.map(({ input }) => input));
  return {
    inputs: Buffer.concat(items.map(({ input }) => input)),
    labels,
    salt,
    labelsHash: hash,
    leaf: batchLeaf({ ...seat, batch, inputsRoot, labelsHash: hash }),
  };
}

function labelBytes(format: ArenaFormat, items: readonly Item[]): Uint8Array {
  try {
    return encodeLabels(
      format.labels,
      items.map(({ label }) => label),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DataError(`the data has a label the arena has not: ${error.message}`, { cause: error });
  }
}

/** Aunts of the leaf at `position`, from the leaf upwards: the path of MsgPostInputs. */
export function pathOf(leaves: readonly Uint8Array[], position: number): Uint8Array[] {
  return merklePath(leaves, position).aunts;
}
