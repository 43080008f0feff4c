import { expect } from "chai";
import fc from "fast-check";
import { IntOnnxError } from "../../src/intonnx/errors.ts";
import { Reader } from "../../src/intonnx/wire.ts";

/** A varint of a 64-bit number, as short as possible. */
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

/** The value of a field 1 with these bytes. */
function read(bytes: number[]): number {
  const reader = new Reader("Message", Uint8Array.of(8, ...bytes));
  const [field] = reader;
  return field!.value;
}

describe("intonnx/wire", () => {
  it("reads any int64, rounded where a number cannot hold it", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const got = read(varint(value));
        const exact = value >= -(2n ** 53n) && value <= 2n ** 53n;
        if (exact) expect(got).to.equal(Number(value));
        else expect(Math.abs(got / Number(value) - 1)).to.be.below(1e-15);
      }),
    );
    for (let bits = 0n; bits < 63n; bits++)
      for (const value of [1n << bits, -(1n << bits), (1n << bits) - 1n])
        expect(read(varint(value)), String(value)).to.equal(Number(value));
    expect(read(varint(-(2n ** 63n)))).to.equal(-(2 ** 63));
  });

  it("refuses a varint that is longer than needed, longer than 64 bits or cut off", () => {
    const bad = [
      [0x80, 0],
      [0xff, 0x80, 0],
      [0x80],
      [...Array<number>(9).fill(0xff), 2],
      [...Array<number>(10).fill(0xff), 1],
      [...Array<number>(9).fill(0x80), 0],
    ];
    for (const bytes of bad)
      expect(() => read(bytes), bytes.join())
        .to.throw(IntOnnxError)
        .with.property("code", "malformed");
  });

  it("reads no tag of 64 bits as a small one", () => {
    for (const tag of [2n ** 64n - 8n, 2n ** 63n + 8n, 2n ** 32n + 8n, 512n]) {
      const reader = new Reader("Message", Uint8Array.of(...varint(tag), 0));
      expect(() => [...reader])
        .to.throw(IntOnnxError)
        .with.property("code", "forbidden");
    }
  });
});
