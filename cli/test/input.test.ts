import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { PNG } from "pngjs";
import { ArenaSpec, TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { readArenaFile } from "../src/arena-spec.ts";
import { UsageError } from "../src/errors.ts";
import { decodePng, readItem, type InputFlags } from "../src/input.ts";

const spec = ArenaSpec.fromPartial({
  name: "tiny",
  inputType: TensorType.INT16,
  inputShape: [2, 2],
  preprocessing: "gray-28x28",
});

async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error("expected it to be refused");
}

describe("items", () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), "assay-cli-"))));
  after(() => rm(folder, { recursive: true }));

  async function file(content: string | Uint8Array): Promise<string> {
    const path = join(folder, Math.random().toString(36).slice(2));
    await writeFile(path, content);
    return path;
  }

  it("packs nested JSON as little-endian rows", async () => {
    const bytes = await readItem(spec, { jsonTensor: await file("[[1, -2], [32767, -32768]]") });
    expect([...bytes]).to.deep.equal([1, 0, 0xfe, 0xff, 0xff, 0x7f, 0x00, 0x80]);
  });

  it("takes raw bytes as they are", async () => {
    expect([
      ...(await readItem(spec, { tensor: await file(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)) })),
    ]).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  const refused: readonly [string, () => Promise<InputFlags>, RegExp][] = [
    ["no input", async () => ({}), /in one way/],
    ["two inputs", async () => ({ text: "a", tensor: "b" }), /in one way/],
    ["a missing file", async () => ({ tensor: join(folder, "none") }), /there is no file/],
    [
      "a short tensor",
      async () => ({ tensor: await file("abc") }),
      /has 3 bytes, one of arena tiny has 8: int16 of shape 2x2/,
    ],
    ["too few values", async () => ({ jsonTensor: await file("[1,2]") }), /has 2 values, arena tiny takes 4/],
    ["values out of range", async () => ({ jsonTensor: await file("[1,2,3,40000]") }), /value 40000 at 3/],
    ["fractions", async () => ({ jsonTensor: await file("[1,2,3,4.5]") }), /whole numbers/],
    ["no JSON", async () => ({ jsonTensor: await file("{") }), /whole numbers/],
    ["a text for images", async () => ({ text: "seven" }), /cannot look at this/],
    ["no PNG", async () => ({ image: await file("GIF89a") }), /is no PNG image/],
  ];
  for (const [name, flags, message] of refused) {
    it(`refuses ${name}`, async () => {
      expect(await failure(readItem(spec, await flags()))).to.match(message);
    });
  }

  it("reads a PNG, and looks at its size before it unpacks it", () => {
    const png = new PNG({ width: 3, height: 2 });
    png.data.fill(200);
    const bytes = PNG.sync.write(png);
    const image = decodePng("a.png", bytes);
    expect([image.width, image.height, image.data.length, image.data[0]]).to.deep.equal([3, 2, 24, 200]);
    bytes.writeUInt32BE(50_000, 16);
    expect(() => decodePng("a.png", bytes)).to.throw(UsageError, "50000x2 pixels");
    expect(() => decodePng("a.png", PNG.sync.write(png).subarray(0, 40))).to.throw(UsageError, "broken PNG");
  });

  describe("arena files", () => {
    const entry = {
      name: "tiny",
      description: "d",
      input: { type: "uint8", shape: [1, 28, 28] },
      preprocessing: "gray-28x28",
      answer: { kind: "class", labels: ["a", "b"] },
      reference: { name: "r", file: "r.onnx", licence: "MIT", card: "" },
    };

    it("reads JSON and finds the reference beside it", async () => {
      const { spec: read, reference } = await readArenaFile(await file(JSON.stringify(entry)));
      expect(read).to.include({ name: "tiny", inputType: TensorType.UINT8, tolerance: 0 });
      expect(reference.file).to.equal(join(folder, "r.onnx"));
    });

    it("names what is wrong", async () => {
      const wrong = { ...entry, name: "Tiny", weight: 5, answer: { kind: "class", labels: ["a"] } };
      const message = await failure(readArenaFile(await file(JSON.stringify(wrong))));
      expect(message)
        .to.match(/name: expected 1 to 32/)
        .and.match(/answer.labels/)
        .and.match(/weight/);
    });
  });
});
