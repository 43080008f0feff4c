import { type ArenaSpec, TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import type { Random } from "@assay/models/datasets/random";

/** What is known of an arena's tensors. */
export type InputFormat = Pick<ArenaSpec, "inputType" | "inputShape">;

/** Bytes of one item. */
export function itemBytes({ inputType, inputShape }: InputFormat): number {
  return inputShape.reduce((product, dimension) => product * dimension, widthOf(inputType));
}

/** Elements that are nudged: enough that two variations of one item are hardly ever the same. */
const NUDGES = 4;

/**
 * A new item that is much like the `items` (at least one, raw, of `format`): one of them, in which a few elements have
 * the value they have in another one, and a few more are a little larger or smaller, within the range of the item.
 */
export function vary(format: InputFormat, items: readonly Uint8Array[], random: Random): Uint8Array {
  const pick = (): Uint8Array => items[random.uniform(items.length)] as Uint8Array;
  const item = new Elements(format, pick().slice());
  const other = new Elements(format, pick());
  const { length } = item;
  const { low, high } = item.range();
  for (let i = 0; i < length >> 5; i++) {
    const at = random.uniform(length);
    item.set(at, other.get(at));
  }
  for (let i = 0; i < Math.min(NUDGES, length); i++) {
    const at = random.uniform(length);
    const span = Math.max(1, (high - low) >> 4);
    const step = random.between(1, span) * (random.uniform(2) === 0 ? 1 : -1);
    const before = item.get(at);
    item.set(at, Math.min(high, Math.max(low, before + step)));
    if (item.get(at) === before) item.set(at, Math.min(high, Math.max(low, before - step)));
  }
  return item.bytes;
}

/** The elements of a raw item: row-major, little-endian. */
class Elements {
  readonly bytes: Uint8Array;
  readonly #type: TensorType;
  readonly #view: DataView;

  constructor({ inputType }: InputFormat, bytes: Uint8Array) {
    this.bytes = bytes;
    this.#type = inputType;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length / widthOf(this.#type);
  }

  get(at: number): number {
    switch (this.#type) {
      case TensorType.INT8:
        return this.#view.getInt8(at);
      case TensorType.INT16:
        return this.#view.getInt16(2 * at, true);
      default:
        return this.#view.getUint8(at);
    }
  }

  set(at: number, value: number): void {
    // Two's complement: the signed values need no setter of their own.
    if (this.#type === TensorType.INT16) this.#view.setInt16(2 * at, value, true);
    else this.#view.setUint8(at, value);
  }

  /** Smallest and largest value; an item of one value may use its neighbour as well. */
  range(): { low: number; high: number } {
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < this.length; i++) {
      low = Math.min(low, this.get(i));
      high = Math.max(high, this.get(i));
    }
    if (low < high) return { low, high };
    const largest = { [TensorType.INT8]: 127, [TensorType.INT16]: 32767 }[this.#type as number] ?? 255;
    return high < largest ? { low, high: high + 1 } : { low: low - 1, high };
  }
}

function widthOf(type: TensorType): number {
  return type === TensorType.INT16 ? 2 : 1;
}
