import { mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AnswerKind, ArenaSpec, TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { expect } from "chai";
import { z } from "zod";
import { ModelFileError, WrongArenaError } from "../src/errors.ts";
import { checkCaps, checkFit, readModel } from "../src/model-file.ts";
import type { ModelInfo } from "../src/profile.ts";
import { failure, temporaryFolder } from "./support/fixture.ts";

const CORPUS = new URL("../../testdata/intonnx/", import.meta.url);

const corpus = z
  .array(
    z.object({
      file: z.string().optional(),
      about: z.string(),
      ok: z.boolean(),
      code: z.string().optional(),
      info: z
        .object({
          sha256: z.string(),
          macs: z.number(),
          elements: z.number(),
          bound_bits: z.number(),
          input: z.object({ type: z.string(), shape: z.array(z.number()) }),
          outputs: z.array(z.number()),
        })
        .optional(),
    }),
  )
  .parse(JSON.parse(await readFile(new URL("corpus.json", CORPUS), "utf8")));

describe("model file", () => {
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  const kept = corpus.flatMap((entry) =>
    entry.file === undefined ? [] : [{ ...entry, path: new URL(`files/${entry.file}`, CORPUS).pathname }],
  );

  it("accepts every good file of the corpus, with its numbers", async () => {
    const good = kept.filter(({ ok }) => ok);
    expect(good).not.to.have.length(0);
    for (const { path, info } of good) {
      const { bound_bits: boundBits, ...rest } = info!;
      expect((await readModel(path)).info, path).to.deep.equal({
        ...rest,
        boundBits,
        cost: rest.macs + rest.elements,
      });
    }
  });

  it("refuses every bad file of the corpus, with its code", async () => {
    const bad = kept.filter(({ ok }) => !ok);
    expect(bad).not.to.have.length(0);
    for (const { path, code } of bad) {
      const error = await failure(readModel(path));
      expect(error, path).to.be.instanceOf(ModelFileError);
      expect((error as ModelFileError).code, path).to.equal(code);
      expect(error.message).to.contain(path);
    }
  });

  it("refuses a file of 10 MB before it reads it", async () => {
    const path = join(folder, "large.onnx");
    await writeFile(path, "");
    await truncate(path, 10 << 20);
    expect((await failure(readModel(path))).message).to.match(/has 10485760 bytes, at most \d+ are read/);
  });

  it("says that there is no file, or that it is a folder", async () => {
    expect((await failure(readModel(join(folder, "none.onnx")))).message).to.match(
      /there is no file .*none\.onnx/,
    );
    await mkdir(join(folder, "dir"));
    expect((await failure(readModel(join(folder, "dir")))).message).to.match(/is not a regular file/);
  });

  const info: ModelInfo = {
    sha256: "",
    macs: 90,
    elements: 10,
    cost: 100,
    boundBits: 8,
    input: { type: "uint8", shape: [1, 28, 28] },
    outputs: [10],
  };
  const spec = ArenaSpec.fromPartial({
    name: "digits",
    inputType: TensorType.UINT8,
    inputShape: [1, 28, 28],
    answer: AnswerKind.CLASS,
    labels: Array.from("0123456789"),
  });

  it("takes a model that fits the arena", () => {
    checkFit(spec, info);
    checkFit({ ...spec, answer: AnswerKind.SCALAR, labels: [] }, { ...info, outputs: [1] });
  });

  for (const [name, wrong, message] of [
    [
      "another input shape",
      { input: { type: "uint8", shape: [784] } },
      /takes uint8\[784\], items of arena digits are uint8\[1,28,28\]/,
    ],
    ["another input type", { input: { type: "int8", shape: [1, 28, 28] } }, /takes int8\[1,28,28\]/],
    [
      "too few logits",
      { outputs: [9] },
      /returns \[9\] per item, arena digits takes \[10\]: .*a logit for each label/,
    ],
    ["an output of two dimensions", { outputs: [10, 1] }, /returns \[10,1\] per item/],
  ] as const) {
    it(`refuses ${name}`, () => {
      expect(() => checkFit(spec, { ...info, ...wrong })).to.throw(WrongArenaError, message);
    });
  }

  it("refuses what is above the chain's caps", () => {
    const file = { bytes: new Uint8Array(64), info };
    checkCaps({ maxModelMacs: 100n, maxFileBytes: 64 }, file);
    expect(() => checkCaps({ maxModelMacs: 99n, maxFileBytes: 64 }, file)).to.throw(
      WrongArenaError,
      /costs 100 .*at most 99.*smaller/,
    );
    expect(() => checkCaps({ maxModelMacs: 100n, maxFileBytes: 63 }, file)).to.throw(
      WrongArenaError,
      /has 64 bytes.*at most 63/,
    );
  });
});
