import { expect } from "chai";
import fc from "fast-check";
import { DECAY } from "../../src/protocol/decay.ts";
import { arenaCut, ladderPay, sharePay, strength } from "../../src/protocol/pay.ts";
import vectors from "../../../testdata/vectors/pay.json" with { type: "json" };
import { reordered } from "./trials.ts";

const FULL_GAIN = 8n << 16n;
const amounts = fc.bigInt(0n, 10n ** 15n);
const heights = fc.bigInt(0n, 1n << 21n);

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

describe("protocol/pay", () => {
  it("has the table of the vectors", () => {
    expect(DECAY).to.deep.equal(vectors.decay.map(BigInt));
  });

  it("weakens steps as in the vectors", () => {
    for (const { height, age, halfLife, strength: expected } of vectors.strength) {
      expect(strength(BigInt(height), BigInt(age), BigInt(halfLife))).to.equal(BigInt(expected));
    }
  });

  it("never strengthens a step with age", () => {
    fc.assert(
      fc.property(heights, fc.bigInt(0n, 5000n), fc.bigInt(1n, 1000n), (height, age, halfLife) => {
        expect(strength(height, 0n, halfLife)).to.equal(height);
        return strength(height, age + 1n, halfLife) <= strength(height, age, halfLife);
      }),
    );
  });

  it("pays ladders, shares and arenas as in the vectors", () => {
    for (const { pot, strengths, fullGain, pays, total } of vectors.ladder) {
      expect(ladderPay(BigInt(pot), strengths.map(BigInt), BigInt(fullGain))).to.deep.equal({
        pays: pays.map(BigInt),
        total: BigInt(total),
      });
    }
    for (const { pot, done, asked, pays, total } of vectors.share) {
      expect(sharePay(BigInt(pot), done.map(BigInt), BigInt(asked))).to.deep.equal({
        pays: pays.map(BigInt),
        total: BigInt(total),
      });
    }
    for (const { share, weight, weights, cut } of vectors.cut) {
      expect(arenaCut(BigInt(share), BigInt(weight), BigInt(weights))).to.equal(BigInt(cut));
    }
  });

  it("never pays more than the pot, and adds up", () => {
    fc.assert(
      fc.property(amounts, fc.array(heights), (pot, strengths) => {
        const { pays, total } = ladderPay(pot, strengths, FULL_GAIN);
        expect(sum(pays)).to.equal(total);
        return total <= pot;
      }),
    );
  });

  it("pays each step the same in whatever order they are listed", () => {
    fc.assert(
      fc.property(amounts, reordered(fc.array(heights)), (pot, [strengths, others]) => {
        const pays = ladderPay(pot, strengths, FULL_GAIN).pays;
        const otherPays = ladderPay(pot, others, FULL_GAIN).pays;
        others.forEach((height, i) => expect(otherPays[i]).to.equal(pays[strengths.indexOf(height)]));
      }),
    );
  });

  it("never pays an owner more for splitting a step", () => {
    fc.assert(
      fc.property(
        amounts,
        fc.array(heights),
        fc.array(heights, { minLength: 1, maxLength: 6 }),
        fc.bigInt(0n, 3000n),
        (pot, others, parts, age) => {
          const whole = strength(sum(parts), age, 1000n);
          const split = parts.map((part) => strength(part, age, 1000n));
          const asOne = ladderPay(pot, [whole, ...others], FULL_GAIN).pays[0] as bigint;
          const asMany = sum(ladderPay(pot, [...split, ...others], FULL_GAIN).pays.slice(0, parts.length));
          return asMany <= asOne;
        },
      ),
    );
  });

  it("never pays an owner more for splitting work over scorers or sponsors", () => {
    fc.assert(
      fc.property(
        amounts,
        fc.array(fc.bigInt(0n, 1000n), { minLength: 1 }),
        fc.bigInt(0n, 1000n),
        (pot, parts, missed) => {
          const asked = sum(parts) + missed;
          const split = sharePay(pot, parts, asked).total;
          return split <= sharePay(pot, [sum(parts)], asked).total && split <= pot;
        },
      ),
    );
  });

  it("cuts no more than the share for all arenas together", () => {
    fc.assert(
      fc.property(amounts, fc.array(fc.bigInt(0n, 1000n)), (share, weights) => {
        return sum(weights.map((weight) => arenaCut(share, weight, sum(weights)))) <= share;
      }),
    );
  });

  it("refuses what cannot be", () => {
    expect(() => strength(-1n, 0n, 1n)).to.throw("height -1");
    expect(() => strength(1n, 0n, 0n)).to.throw("half-life 0");
    expect(() => ladderPay(1n, [1n], 0n)).to.throw("full gain 0");
    expect(() => ladderPay(1n, [-1n], 1n)).to.throw("cannot add -1");
    expect(() => ladderPay(-1n, [1n], 1n)).to.throw("pot of -1");
    expect(() => sharePay(1n, [2n, 2n], 3n)).to.throw("4 done out of 3");
    expect(() => arenaCut(1n, 2n, 1n)).to.throw("arena weight 2 out of 1");
  });
});
