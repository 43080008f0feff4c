import { expect } from "chai";
import fc from "fast-check";
import { u32 } from "../../src/protocol/hash.ts";
import { merklePath, merkleRoot, verifyPath } from "../../src/protocol/merkle.ts";
import vectors from "../../../testdata/vectors/merkle.json" with { type: "json" };
import { fromHex, toHex } from "./bytes.ts";

describe("protocol/merkle", () => {
  it("makes the roots and paths of the vectors", () => {
    for (const { leaves, root, paths } of vectors.trees) {
      const read = leaves.map(fromHex);
      expect(toHex(merkleRoot(read))).to.equal(root);
      paths.forEach((path, i) => {
        const made = merklePath(read, i);
        expect({ ...made, aunts: made.aunts.map(toHex) }).to.deep.equal(path);
      });
    }
  });

  it("makes the roots and paths of larger trees", () => {
    for (const { total, root, index, aunts } of vectors.counted) {
      const leaves = Array.from({ length: total }, (_, i) => u32(i));
      expect(toHex(merkleRoot(leaves))).to.equal(root);
      const path = merklePath(leaves, index);
      expect(path.aunts.map(toHex)).to.deep.equal(aunts);
      expect(verifyPath(path, fromHex(root), index, total, u32(index))).to.equal(true);
    }
  });

  it("verifies every path, and none with another leaf, place, size or aunt", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.nat(),
        (leaves, a, b) => {
          const index = a % leaves.length;
          const total = leaves.length;
          const root = merkleRoot(leaves);
          const path = merklePath(leaves, index);
          const leaf = leaves[index] as Uint8Array;
          expect(verifyPath(path, root, index, total, leaf)).to.equal(true);
          expect(verifyPath(path, root, index, total, Uint8Array.of(...leaf, 0))).to.equal(false);
          expect(verifyPath(path, root, index, total + 1, leaf)).to.equal(false);
          expect(verifyPath(path, root, index + 1, total, leaf)).to.equal(false);
          expect(verifyPath({ ...path, aunts: [...path.aunts, root] }, root, index, total, leaf)).to.equal(
            false,
          );
          if (path.aunts.length > 0) {
            const changed = path.aunts.map((aunt) => aunt.slice());
            const aunt = changed[b % changed.length] as Uint8Array;
            aunt[b % aunt.length] = (aunt[b % aunt.length] as number) ^ 1;
            expect(verifyPath({ ...path, aunts: changed }, root, index, total, leaf)).to.equal(false);
            expect(verifyPath({ ...path, aunts: path.aunts.slice(1) }, root, index, total, leaf)).to.equal(
              false,
            );
          }
        },
      ),
    );
  });

  it("refuses to take the last leaf of three for the second of two", () => {
    const leaves = [u32(0), u32(1), u32(2)];
    const path = merklePath(leaves, 2);
    const disguised = { index: 1, total: 2, aunts: path.aunts };
    expect(verifyPath(disguised, merkleRoot(leaves), 2, 3, u32(2))).to.equal(false);
    // The hashes alone would not tell: this is why the caller has to know the size.
    expect(verifyPath(disguised, merkleRoot(leaves), 1, 2, u32(2))).to.equal(true);
  });

  it("refuses a path outside the tree", () => {
    expect(() => merklePath([u32(0)], 1)).to.throw("leaf 1 of a tree of 1");
    expect(() => merklePath([], 0)).to.throw("leaf 0 of a tree of 0");
  });
});
