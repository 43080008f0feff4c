import { expect } from "chai";
import { PreprocessingError } from "../../src/preprocessing/errors.ts";
import { gray28x28 } from "../../src/preprocessing/gray-28x28.ts";
import type { ImageItem } from "../../src/preprocessing/items.ts";

/** An image painted by a function of the pixel. */
function paint(
  width: number,
  height: number,
  channels: 1 | 3 | 4,
  pixel: (x: number, y: number) => number[],
): ImageItem {
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * channels);
  }
  return { width, height, data };
}

/** A vertical bar with a short arm to the right, 60 x 100, somewhere in 200 x 150. */
function inSign(x: number, y: number): boolean {
  const inBar = x >= 30 && x < 50 && y >= 20 && y < 120;
  const inArm = x >= 50 && x < 90 && y >= 100 && y < 120;
  return inBar || inArm;
}

describe("gray-28x28", () => {
  it("passes a grey 28x28 image unchanged, in a new array", () => {
    const image = paint(28, 28, 1, (x, y) => [(x * 9 + y * 5) & 255]);
    const tensor = gray28x28(image);
    expect(tensor).to.deep.equal(image.data);
    expect(tensor).not.to.equal(image.data);
  });

  it("gives the same bytes for bright ink on black and dark ink on white, grey, RGB and RGBA", () => {
    const grey = gray28x28(paint(200, 150, 1, (x, y) => [inSign(x, y) ? 255 : 0]));
    const inverted = gray28x28(paint(200, 150, 1, (x, y) => [inSign(x, y) ? 0 : 255]));
    const rgb = gray28x28(paint(200, 150, 3, (x, y) => (inSign(x, y) ? [0, 0, 0] : [255, 255, 255])));
    // Transparent paper with colour values that must not matter.
    const rgba = gray28x28(paint(200, 150, 4, (x, y) => (inSign(x, y) ? [0, 0, 0, 255] : [9, 9, 9, 0])));
    for (const tensor of [inverted, rgb, rgba]) expect(tensor).to.deep.equal(grey);
  });

  it("scales the ink to 20 pixels and puts its centre of mass in the middle", () => {
    const tensor = gray28x28(paint(200, 150, 1, (x, y) => [inSign(x, y) ? 255 : 0]));
    const rows = Array.from({ length: 28 }, (_, y) =>
      tensor.subarray(y * 28, y * 28 + 28).some((v) => v > 0),
    );
    expect(rows.filter(Boolean)).to.have.length(20);
    let mass = 0;
    let massX = 0;
    let massY = 0;
    tensor.forEach((v, i) => {
      mass += v;
      massX += v * (i % 28);
      massY += v * Math.trunc(i / 28);
    });
    expect(massX / mass).to.be.within(13, 15);
    expect(massY / mass).to.be.within(13, 15);
  });

  it("enlarges a sign smaller than the frame", () => {
    const tensor = gray28x28(paint(9, 9, 1, (x, y) => [x === 4 && y > 1 && y < 7 ? 200 : 0]));
    expect(tensor.filter((v) => v === 200)).to.have.length(20 * 4);
  });

  const refused: [string, ImageItem | string, string][] = [
    ["text", "seven", "takes an image, got text"],
    ["no pixels", { width: 0, height: 5, data: new Uint8Array(0) }, "got 0x5"],
    ["a broken side", { width: 2.5, height: 2, data: new Uint8Array(5) }, "got 2.5x2"],
    ["a huge side", { width: 5000, height: 1, data: new Uint8Array(5000) }, "from 1 to 4096"],
    ["wrong data", { width: 3, height: 3, data: new Uint8Array(18) }, "got 18 bytes"],
    ["one colour", { width: 30, height: 30, data: new Uint8Array(900).fill(255) }, "no ink"],
  ];
  for (const [what, item, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => gray28x28(item)).to.throw(PreprocessingError, message);
    });
  }
});
