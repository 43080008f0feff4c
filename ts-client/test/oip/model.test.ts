import { readFileSync } from "node:fs";
import { expect } from "chai";
import { IntOnnxError } from "../../src/intonnx/check.ts";
import { modelTensors } from "../../src/oip/model.ts";
import { bytesOf, corpus } from "../intonnx/corpus.ts";

describe("oip: tensors of a model", () => {
  it("takes names, datatypes and shapes from the file", () => {
    const arenas = new URL("../../../models/arenas.json", import.meta.url);
    const { arenas: all } = JSON.parse(readFileSync(arenas, "utf8")) as {
      arenas: { name: string; reference: { file: string } }[];
    };
    const digits = all.find(({ name }) => name === "digits")!;
    const file = readFileSync(new URL(digits.reference.file, arenas));
    const { input, output } = modelTensors(new Uint8Array(file));
    expect(input).to.deep.include({ datatype: "UINT8", itemShape: [1, 28, 28] });
    expect(output).to.deep.include({ datatype: "INT32", itemShape: [10] });
    for (const { name } of [input, output]) expect(Buffer.from(file).includes(name)).to.equal(true);
  });

  it("agrees with the checker on every good file of the corpus", () => {
    for (const entry of corpus.filter(({ ok }) => ok)) {
      const { input, output } = modelTensors(bytesOf(entry));
      expect(input.datatype.toLowerCase()).to.equal(entry.info!.input.type);
      expect(input.itemShape).to.deep.equal(entry.info!.input.shape);
      expect(output.itemShape).to.deep.equal(entry.info!.outputs);
    }
  });

  it("refuses files outside the profile", () => {
    expect(() => modelTensors(Uint8Array.of(1, 2, 3))).to.throw(IntOnnxError);
  });
});
