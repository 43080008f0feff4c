import { expect } from "chai";
import fc from "fast-check";
import { parseMetadata, writeMetadata } from "../../src/oip/metadata.ts";
import { parseRequest, wantsBinary, writeRequest, type InferRequest } from "../../src/oip/request.ts";
import { parseResponse, writeResponse, type InferResponse } from "../../src/oip/response.ts";
import {
  DATATYPES,
  elementsOf,
  itemsOf,
  onlyTensor,
  outputsOf,
  tensorOf,
  tensorOfOutputs,
  valuesOf,
  type Datatype,
  type Tensor,
  type TensorSpec,
} from "../../src/oip/tensors.ts";

const text = fc.string({ minLength: 1, maxLength: 12 });
const datatype = fc.constantFrom<Datatype>(...(Object.keys(DATATYPES) as Datatype[]));
const itemShape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });
const spec: fc.Arbitrary<TensorSpec> = fc.record({ name: text, datatype, itemShape });

const tensor: fc.Arbitrary<Tensor> = fc
  .record({ spec, items: fc.integer({ min: 1, max: 5 }) })
  .chain(({ spec: { name, datatype, itemShape }, items }) => {
    const shape = [items, ...itemShape];
    const bytes = elementsOf(shape) * DATATYPES[datatype].width;
    return fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((data) => ({ name, datatype, shape, data }));
  });

const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, minLength: 1, maxLength: 4 });
const id = fc.option(fc.string({ maxLength: 12 }), { nil: undefined });

const request: fc.Arbitrary<InferRequest> = fc.record({
  id,
  inputs: tensors,
  outputs: fc.option(
    fc.uniqueArray(fc.record({ name: text, binary: fc.boolean() }), {
      selector: ({ name }) => name,
      minLength: 1,
      maxLength: 3,
    }),
    { nil: undefined },
  ),
  binaryOutput: fc.boolean(),
});

const response: fc.Arbitrary<InferResponse> = fc.record({
  modelName: text,
  modelVersion: fc.option(text, { nil: undefined }),
  id,
  outputs: tensors,
});

/** Nests a flat array as a shape says. */
function nest(values: unknown[], [first, ...rest]: readonly number[]): unknown {
  if (rest.length === 0) return values;
  const size = values.length / first!;
  return Array.from({ length: first! }, (_, i) => nest(values.slice(i * size, (i + 1) * size), rest));
}

describe("oip: round trips", () => {
  it("reads every request it writes, binary and JSON", () => {
    fc.assert(
      fc.property(request, fc.boolean(), (given, binary) => {
        const { body, headers } = writeRequest(given, { binary });
        const read = parseRequest(body, headers["inference-header-content-length"]);
        expect(read).to.deep.equal(given);
      }),
    );
  });

  it("reads every response it writes, binary and JSON", () => {
    fc.assert(
      fc.property(response, fc.boolean(), (given, binary) => {
        const { body, headers } = writeResponse(given, { binary });
        expect(headers).to.have.property(
          "content-type",
          binary ? "application/octet-stream" : "application/json",
        );
        expect(parseResponse(body, headers["inference-header-content-length"])).to.deep.equal(given);
      }),
    );
  });

  it("reads flat and nested data alike, and binary data mixed with JSON", () => {
    fc.assert(
      fc.property(tensors, fc.infiniteStream(fc.constantFrom("flat", "nested", "binary")), (given, ways) => {
        const binary: Uint8Array[] = [];
        const inputs = given.map(({ data, ...fields }) => {
          const way: string = ways.next().value as string;
          const values = [...valuesOf({ ...fields, data })];
          if (way === "flat") return { ...fields, data: values };
          if (way === "nested") return { ...fields, data: nest(values, fields.shape) };
          binary.push(data);
          return { ...fields, parameters: { binary_data_size: data.length } };
        });
        const json = Buffer.from(JSON.stringify({ inputs, more: { of: ["another", "extension"] } }));
        const body = new Uint8Array(Buffer.concat([json, ...binary]));
        expect(parseRequest(body, String(json.length)).inputs).to.deep.equal(given);
      }),
    );
  });

  it("cuts tensors into items and puts them together again", () => {
    fc.assert(
      fc.property(tensor, ({ name, datatype, shape, data }) => {
        const itemShape = shape.slice(1);
        const items = itemsOf({ shape, data });
        expect(items).to.have.length(shape[0]!);
        expect(tensorOf({ name, datatype, itemShape }, items)).to.deep.equal({ name, datatype, shape, data });
      }),
    );
  });

  it("keeps outputs whole, wherever the tensor starts in its buffer", () => {
    const outputs = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.array(fc.int32Array({ minLength: width, maxLength: width }), { minLength: 1, maxLength: 4 }),
      );
    fc.assert(
      fc.property(outputs, fc.integer({ min: 0, max: 3 }), (given, offset) => {
        const spec = { name: "logits", datatype: "INT32" as const, itemShape: [given[0]!.length] };
        const written = tensorOfOutputs(spec, given);
        const shifted = new Uint8Array(written.data.length + offset);
        shifted.set(written.data, offset);
        expect(outputsOf({ ...written, data: shifted.subarray(offset) })).to.deep.equal(given);
        expect(onlyTensor([written], spec)).to.equal(written);
      }),
    );
  });

  it("reads the metadata it writes", () => {
    const specs = fc.uniqueArray(spec, { selector: ({ name }) => name, minLength: 1, maxLength: 3 });
    const metadata = fc.record({
      name: text,
      versions: fc.array(text, { maxLength: 3 }),
      platform: fc.string({ maxLength: 12 }),
      inputs: specs,
      outputs: specs,
    });
    fc.assert(
      fc.property(metadata, (given) => {
        const body = Buffer.from(JSON.stringify(writeMetadata(given)));
        expect(parseMetadata(body)).to.deep.equal(given);
      }),
    );
  });

  it("throws nothing but its own errors at bytes of any kind", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.json().map((json) => Buffer.from(json)),
        ),
        fc.option(fc.oneof(fc.nat(300).map(String), fc.string()), { nil: undefined }),
        (body, header) => {
          for (const parse of [parseRequest, parseResponse] as const) {
            try {
              parse(body, header);
            } catch (error) {
              expect((error as Error).name).to.equal("OipError");
            }
          }
        },
      ),
    );
  });

  it("says how a client wants its one output", () => {
    const output = { name: "logits", datatype: "INT32" as const, itemShape: [10] };
    const asked = (fields: Partial<InferRequest>) =>
      wantsBinary({ inputs: [], binaryOutput: false, ...fields }, output);
    expect(asked({})).to.equal(false);
    expect(asked({ binaryOutput: true })).to.equal(true);
    expect(asked({ binaryOutput: true, outputs: [{ name: "logits", binary: false }] })).to.equal(false);
    expect(asked({ outputs: [{ name: "logits", binary: true }] })).to.equal(true);
    expect(() => asked({ outputs: [{ name: "other", binary: true }] })).to.throw(/one output "logits"/);
  });
});
