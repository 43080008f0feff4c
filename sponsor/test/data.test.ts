import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AnswerKind, ArenaSpec, TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import { preprocess } from "@assay/client/preprocessing/preprocess";
import { expect } from "chai";
import { formatOf } from "../src/arena-format.ts";
import { DataSets } from "../src/data.ts";
import { DataError } from "../src/errors.ts";
import { SEED, temporaryFolder } from "./support/fixture.ts";

const SPEC = ArenaSpec.fromPartial({
  name: "mail",
  inputType: TensorType.UINT8,
  inputShape: [512],
  preprocessing: "word-counts-512",
  answer: AnswerKind.CLASS,
  labels: ["ham", "spam"],
});
const WHOLE = { share: 0, shares: 1 };

describe("data", () => {
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  async function folderOf(texts: readonly (readonly [text: string, label: string])[]) {
    const directory = join(folder, "data");
    await mkdir(directory);
    await Promise.all(texts.map(([text], i) => writeFile(join(directory, `${i}.txt`), text)));
    await writeFile(
      join(directory, "labels.csv"),
      texts.map(([, label], i) => `${i}.txt,${label}\n`).join(""),
    );
    return { folder: { directory, augment: false, hiddenPercent: 100 } };
  }

  it("takes a folder's items with the arena's preprocessing and labels", async () => {
    const loader = await folderOf([
      ["buy this now", "spam"],
      ["see you at noon", "ham"],
    ]);
    const items = (await new DataSets().source(SPEC, { loader, share: WHOLE }))(SEED, 2).batch(0);
    const expected = [
      { input: preprocess("word-counts-512", "buy this now"), label: 1 },
      { input: preprocess("word-counts-512", "see you at noon"), label: 0 },
    ];
    expect(items).to.have.deep.members(expected);
    expect(formatOf(SPEC)).to.deep.equal({ itemBytes: 512, labels: { kind: 1, classes: 2, tolerance: 0n } });
    expect(items[0]!.input).to.have.length(512);
  });

  it("gives the same batches to two starts, and other ones to another seed", async () => {
    const loader = await folderOf(
      Array.from({ length: 12 }, (_, i) => [`mail number ${i}`, i % 2 ? "spam" : "ham"] as const),
    );
    const batch = async (seed: Uint8Array) =>
      (await new DataSets().source(SPEC, { loader, share: WHOLE }))(seed, 4).batch(1);
    expect(await batch(SEED)).to.deep.equal(await batch(SEED));
    expect(await batch(SEED)).not.to.deep.equal(await batch(new Uint8Array(32)));
  });

  async function refusal(
    spec: ArenaSpec,
    loader: Parameters<DataSets["source"]>[1]["loader"],
  ): Promise<string> {
    return new DataSets().source(spec, { loader, share: WHOLE }).then(
      () => expect.fail("it was accepted"),
      (error: unknown) => {
        expect(error).to.be.instanceOf(DataError);
        return (error as Error).message;
      },
    );
  }

  it("refuses a loader made for other items", async () => {
    expect(await refusal(SPEC, "digits")).to.match(
      /takes items prepared by word-counts-512, the loader digits gives gray-28x28/,
    );
  });

  it("refuses a loader with other labels", async () => {
    const spec = { ...SPEC, preprocessing: "gray-28x28", labels: ["zero", "one"] };
    expect(await refusal(spec, "digits")).to.match(
      /labels of arena mail \(2\) are not those of the loader digits \(10\).*number 0/,
    );
  });

  it("says what is wrong with a folder", async () => {
    const loader = await folderOf([["buy", "advertisement"]]);
    expect(await refusal(SPEC, loader)).to.match(/label "advertisement" is none of ham, spam/);
    const missing = { folder: { directory: join(folder, "nowhere"), augment: false, hiddenPercent: 100 } };
    expect(await refusal(SPEC, missing)).to.match(/neither labels.csv/);
  });
});
