import { expect } from "chai";
import fc from "fast-check";
import { u32, u64 } from "../../src/protocol/hash.ts";
import {
  assignScorers,
  auditCount,
  auditItems,
  batchStream,
  drawBatches,
  type Deck,
} from "../../src/protocol/draw.ts";
import vectors from "../../../testdata/vectors/draw.json" with { type: "json" };
import { fromHex, toHex } from "./bytes.ts";

describe("protocol/draw", () => {
  it("draws a deck down to nothing as in the vectors", () => {
    const { arena, sponsor, total, perEpoch, epochs } = vectors.batches;
    const deck: Deck = { remaining: total, displaced: new Map() };
    for (const { beacon, batches, left, stored } of epochs) {
      const stream = batchStream(fromHex(beacon), BigInt(arena), fromHex(sponsor));
      expect(drawBatches(stream, deck, perEpoch)).to.deep.equal(batches);
      expect(deck.remaining).to.equal(left);
      expect([...deck.displaced].toSorted(([a], [b]) => a - b)).to.deep.equal(stored);
    }
    expect(deck.displaced.size).to.equal(0);
  });

  it("takes every batch exactly once, whatever the cut into epochs", () => {
    fc.assert(
      fc.property(fc.nat(150), fc.array(fc.nat(9), { maxLength: 60 }), (total, draws) => {
        const deck: Deck = { remaining: total, displaced: new Map() };
        const seen: number[] = [];
        [...draws, total].forEach((k, epoch) => {
          const before = deck.remaining;
          const drawn = drawBatches(batchStream(u32(epoch), 1n, u32(9)), deck, k);
          expect(drawn.length).to.equal(Math.min(k, before));
          expect(deck.displaced.size).to.be.at.most(Math.min(seen.length + drawn.length, deck.remaining));
          seen.push(...drawn);
        });
        expect(seen.toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: total }, (_, i) => i));
      }),
    );
  });

  it("assigns slots as in the vectors, whatever the order of the scorers", () => {
    for (const { beacon, revealed, assigned } of vectors.assign) {
      const scorers = revealed.map(fromHex);
      for (const order of [scorers, scorers.toReversed()]) {
        expect(assignScorers(fromHex(beacon), order, assigned.length).map(toHex)).to.deep.equal(assigned);
      }
    }
  });

  it("gives every scorer the same number of slots, give or take one", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 20 }), fc.nat(100), (seed, scorers, slots) => {
        const counts = new Map<string, number>();
        const revealed = Array.from({ length: scorers }, (_, i) => u32(i));
        for (const scorer of revealed) counts.set(toHex(scorer), 0);
        for (const scorer of assignScorers(seed, revealed, slots)) {
          counts.set(toHex(scorer), (counts.get(toHex(scorer)) as number) + 1);
        }
        expect(Math.max(...counts.values()) - Math.min(...counts.values())).to.be.at.most(1);
      }),
    );
  });

  it("refuses slots without scorers and scorers listed twice", () => {
    expect(assignScorers(u32(0), [], 0)).to.deep.equal([]);
    expect(() => assignScorers(u32(0), [], 1)).to.throw("1 slots and no scorer");
    expect(() => assignScorers(u32(0), [u32(1), u32(1)], 1)).to.throw("listed twice");
  });

  it("audits the items of the vectors", () => {
    for (const { seed, slot, model, n, ratioBps, items } of vectors.audit) {
      expect(auditItems(fromHex(seed), BigInt(slot), fromHex(model), n, ratioBps)).to.deep.equal(items);
    }
  });

  it("rounds the number of audits up", () => {
    expect(auditCount(64, 1000)).to.equal(7);
    expect(auditCount(64, 0)).to.equal(0);
    expect(auditCount(64, 1)).to.equal(1);
    expect(auditCount(64, 10_000)).to.equal(64);
    expect(() => auditCount(64, 10_001)).to.throw("10001 basis points");
  });

  it("draws audits of different rows independently", () => {
    const draws = Array.from({ length: 50 }, (_, slot) =>
      auditItems(u64(1n), BigInt(slot), u32(7), 64, 1000).join(),
    );
    expect(new Set(draws).size).to.equal(draws.length);
  });
});
