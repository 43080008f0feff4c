/**
 * How much of `moved`, the part of a claim that a channel covers, goes to the recipients of its split; the rest stays
 * with the payer. `sum` is that of the model's accuracies (parts per million) in so many epochs, at least one, since
 * the channel opened. All is released if they reach the promise (parts per million, 0 promises nothing) on average,
 * else in proportion, but at least half.
 */
export function release(moved: bigint, promise: number, sum: bigint, epochs: bigint): bigint {
  const expected = epochs * BigInt(promise);
  if (sum >= expected) return moved;
  const half = moved / 2n;
  const part = (moved * sum) / expected;
  return part > half ? part : half;
}
