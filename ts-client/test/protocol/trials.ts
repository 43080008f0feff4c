import fc from "fast-check";
import type { Contender, SponsorTrial, Trial } from "../../src/protocol/ladder.ts";

type Written<T> = { [K in keyof T]: string };

/** A trial as the vector files write it. */
export function readTrial(trial: Written<Trial>): Trial {
  return {
    b: BigInt(trial.b),
    c: BigInt(trial.c),
    n: BigInt(trial.n),
    wrongOld: BigInt(trial.wrongOld),
    wrongNew: BigInt(trial.wrongNew),
  };
}

/** Any possible trial, from the four ways in which two models answer an item. */
export function anyTrial(most = 1000n): fc.Arbitrary<Trial> {
  const count = fc.bigInt(0n, most);
  return fc.tuple(count, count, count, count).map(([b, c, bothWrong, bothRight]) => ({
    b,
    c,
    n: b + c + bothWrong + bothRight,
    wrongOld: b + bothWrong,
    wrongNew: c + bothWrong,
  }));
}

/** Contenders with distinct sequence numbers. */
export const anyContenders: fc.Arbitrary<Contender[]> = fc.uniqueArray(
  fc.record({ sequence: fc.bigInt(0n, 50n), trial: anyTrial() }),
  { selector: ({ sequence }) => sequence, maxLength: 12 },
);

/** Trials of sponsors with distinct addresses. */
export const anySponsorTrials: fc.Arbitrary<SponsorTrial[]> = fc.uniqueArray(
  fc.record({ sponsor: fc.uint8Array({ minLength: 1, maxLength: 3 }), trial: anyTrial() }),
  { selector: ({ sponsor }) => sponsor.join(), maxLength: 9 },
);

/** A list with another order of itself. */
export function reordered<T>(lists: fc.Arbitrary<T[]>): fc.Arbitrary<[T[], T[]]> {
  return lists.chain((list) =>
    fc.tuple(
      fc.constant(list),
      fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
    ),
  );
}
