import { expect } from "chai";
import {
  auditSeed,
  batchLeaf,
  beacon,
  DOMAIN,
  genesisBeacon,
  hash,
  labelsHash,
  link,
  reservationHash,
  u32,
  u64,
  verifyLink,
} from "../../src/protocol/hash.ts";
import vectors from "../../../testdata/vectors/hash.json" with { type: "json" };
import { fromHex, toHex } from "./bytes.ts";

describe("protocol/hash", () => {
  it("hashes parts under a domain", () => {
    for (const { domain, parts, hash: expected } of vectors.h) {
      expect(toHex(hash(domain, ...parts.map(fromHex)))).to.equal(expected);
    }
  });

  it("has a different domain for every use", () => {
    const domains = Object.values(DOMAIN);
    expect(new Set(domains).size).to.equal(domains.length);
  });

  it("chains links and verifies them backwards", () => {
    const { scorer, previous, link: tip } = vectors.link;
    expect(toHex(link(vectors.chainId, fromHex(scorer), fromHex(previous)))).to.equal(tip);
    expect(verifyLink(vectors.chainId, fromHex(scorer), fromHex(previous), fromHex(tip))).to.equal(true);
    expect(verifyLink(vectors.chainId, fromHex(scorer), fromHex(tip), fromHex(previous))).to.equal(false);
    expect(verifyLink("other-1", fromHex(scorer), fromHex(previous), fromHex(tip))).to.equal(false);
  });

  it("makes beacons, whatever the order of the reveals", () => {
    expect(toHex(genesisBeacon(vectors.chainId))).to.equal(vectors.genesis);
    for (const { previous, epoch, reveals, beacon: expected } of vectors.beacon) {
      const read = reveals.map((reveal) => ({ scorer: fromHex(reveal.scorer), link: fromHex(reveal.link) }));
      expect(toHex(beacon(fromHex(previous), BigInt(epoch), read))).to.equal(expected);
      expect(toHex(beacon(fromHex(previous), BigInt(epoch), read.toReversed()))).to.equal(expected);
    }
  });

  it("refuses two reveals of one scorer", () => {
    const reveal = { scorer: u32(1), link: u32(2) };
    expect(() => beacon(u32(0), 1n, [reveal, { ...reveal, link: u32(3) }])).to.throw("listed twice");
  });

  it("makes the audit seed, whatever the order of the salts", () => {
    const { beacon: r, epoch, arena, salts, seed } = vectors.audit;
    const read = salts.map(fromHex);
    expect(toHex(auditSeed(fromHex(r), BigInt(epoch), BigInt(arena), read))).to.equal(seed);
    expect(toHex(auditSeed(fromHex(r), BigInt(epoch), BigInt(arena), read.toReversed()))).to.equal(seed);
  });

  it("commits to labels and batches", () => {
    const { labels, salt, hash: expected } = vectors.labels;
    expect(toHex(labelsHash(fromHex(labels), fromHex(salt)))).to.equal(expected);
    const { arena, sponsor, batch, inputsRoot, labelsHash: committed, leaf } = vectors.batch;
    expect(
      toHex(
        batchLeaf({
          chainId: vectors.chainId,
          arena: BigInt(arena),
          sponsor: fromHex(sponsor),
          batch,
          inputsRoot: fromHex(inputsRoot),
          labelsHash: fromHex(committed),
        }),
      ),
    ).to.equal(leaf);
  });

  it("commits to a reservation", () => {
    const { salt, model, owner, hash: expected } = vectors.reservation;
    expect(toHex(reservationHash(fromHex(salt), fromHex(model), fromHex(owner)))).to.equal(expected);
  });

  it("refuses integers that do not fit", () => {
    expect(() => u64(-1n)).to.throw("not a u64");
    expect(() => u64(1n << 64n)).to.throw("not a u64");
    expect(() => u32(2 ** 32)).to.throw("not a u32");
    expect(() => u32(0.5)).to.throw("not a u32");
  });
});
