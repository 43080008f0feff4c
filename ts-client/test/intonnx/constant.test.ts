import { expect } from "chai";
import fc from "fast-check";
import { Constant, integerFromBits, shiftFromBits } from "../../src/intonnx/constant.ts";
import { INT8 } from "../../src/intonnx/parse.ts";

const view = new DataView(new ArrayBuffer(4));

function floatOf(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}

function bitsOf(float: number): number {
  view.setFloat32(0, float);
  return view.getInt32(0);
}

/** Compares both conversions with float arithmetic. */
function compare(bits: number): void {
  const float = floatOf(bits);
  const integer = Number.isInteger(float) && Math.abs(float) < 2 ** 24;
  // Adding 0 makes 0 of -0.
  expect(integerFromBits(bits), `integer ${bits}`).to.equal(integer ? float + 0 : undefined);
  const k = -Math.log2(float);
  const shift = float > 0 && 2 ** -k === float && Number.isInteger(k) && k >= 0 && k <= 24;
  expect(shiftFromBits(bits), `shift ${bits}`).to.equal(shift ? k + 0 : undefined);
}

describe("intonnx/constant", () => {
  it("reads floats by their bits", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), compare), { numRuns: 5000 });
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 25), max: 2 ** 25 }), (n) => compare(bitsOf(n))),
      { numRuns: 5000 },
    );
    for (let exponent = 0; exponent < 256; exponent++)
      for (const mantissa of [0, 1, 1 << 22, (1 << 23) - 1])
        for (const sign of [0, 1]) compare(((sign << 31) | (exponent << 23) | mantissa) >>> 0);
  });

  it("swaps and permutes axes", () => {
    const ints = Int32Array.from({ length: 24 }, (_, i) => i);
    const constant = new Constant({ type: INT8, dims: [2, 3, 4], ints, longs: [] });
    const moved = constant.transpose([1, 2, 0]);
    expect(moved.dims).to.deep.equal([3, 4, 2]);
    // Element [i][j][k] of the result is [k][i][j] of the source.
    const expected = ints.map((n) => (n % 2) * 12 + Math.floor(n / 8) * 4 + (Math.floor(n / 2) % 4));
    expect(moved.integers()).to.deep.equal(expected);
    expect(moved.transpose([2, 0, 1]).integers()).to.deep.equal(ints);
  });
});
