/** Items as JSON, for tasks that this page has no better input for. */

const RANGES: Readonly<Record<string, readonly [low: number, high: number, bytes: 1 | 2]>> = {
  uint8: [0, 255, 1],
  int8: [-128, 127, 1],
  int16: [-32_768, 32_767, 2],
};

/** A raw item is not what the model takes; the message says why. */
export class TensorError extends Error {}

/** Reads a JSON list (lists within are flattened) as one raw item. Throws {@link TensorError}. */
export function parseTensor(text: string, type: string, shape: readonly number[]): Uint8Array {
  const [low, high, bytes] = rangeOf(type);
  const size = shape.reduce((product, side) => product * side, 1);
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new TensorError("This is not JSON. Write the numbers as a list: [0, 1, 2].", { cause: error });
  }
  const flat: unknown[] = Array.isArray(values) ? values.flat(shape.length) : [];
  if (flat.length !== size)
    throw new TensorError(`The model takes ${size} numbers; these are ${flat.length}.`);
  const item = new DataView(new ArrayBuffer(size * bytes));
  for (const [i, value] of flat.entries()) {
    if (!Number.isInteger(value) || (value as number) < low || (value as number) > high)
      throw new TensorError(
        `Number ${i + 1} is ${String(value)}, not a whole number from ${low} to ${high}.`,
      );
    if (bytes === 2) item.setInt16(2 * i, value as number, true);
    else item.setUint8(i, (value as number) & 255);
  }
  return new Uint8Array(item.buffer);
}

/** A raw item as {@link parseTensor} reads it. */
export function formatTensor(item: Uint8Array, type: string): string {
  const [low, , bytes] = rangeOf(type);
  const view = new DataView(item.buffer, item.byteOffset, item.byteLength);
  const values = Array.from({ length: item.length / bytes }, (_, i) => {
    if (bytes === 2) return view.getInt16(2 * i, true);
    return low < 0 ? view.getInt8(i) : view.getUint8(i);
  });
  return JSON.stringify(values);
}

function rangeOf(type: string): readonly [number, number, 1 | 2] {
  const range = RANGES[type];
  if (!range)
    throw new TensorError(`The model takes numbers of type ${type}, which this page does not know.`);
  return range;
}
