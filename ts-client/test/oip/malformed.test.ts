import { expect } from "chai";
import type { OipCode } from "../../src/oip/errors.ts";
import { OipError } from "../../src/oip/errors.ts";
import { DEFAULT_LIMITS } from "../../src/oip/limits.ts";
import { parseMetadata } from "../../src/oip/metadata.ts";
import { parseRequest } from "../../src/oip/request.ts";
import { parseError, parseResponse } from "../../src/oip/response.ts";
import { onlyTensor, tensorOf, tensorOfOutputs, type TensorSpec } from "../../src/oip/tensors.ts";

const input = { name: "image", datatype: "UINT8", shape: [2, 2], data: [1, 2, 3, 4] };
const sized = (size: unknown) => ({ ...input, data: undefined, parameters: { binary_data_size: size } });

interface Bad {
  why: string;
  code: OipCode;
  message: RegExp;
  /** A text, or an object to be written as JSON. */
  json: string | object;
  binary?: Uint8Array;
  /** Inference-Header-Content-Length; that of the JSON when there is binary data. */
  header?: string;
}

const withInput = (changes: object): object => ({ inputs: [{ ...input, ...changes }] });
const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

const bad: Bad[] = [
  { why: "an empty body", code: "malformed", message: /JSON is malformed/, json: "" },
  { why: "no JSON", code: "malformed", message: /JSON is malformed/, json: "hello" },
  { why: "an array", code: "malformed", message: /message is not an object/, json: [] },
  { why: "null", code: "malformed", message: /message is not an object/, json: "null" },
  { why: "no inputs", code: "malformed", message: /inputs is not an array with entries/, json: {} },
  {
    why: "no input",
    code: "malformed",
    message: /inputs is not an array with entries/,
    json: { inputs: [] },
  },
  {
    why: "a text for inputs",
    code: "malformed",
    message: /inputs is not an array/,
    json: { inputs: "image" },
  },
  {
    why: "a number for an input",
    code: "malformed",
    message: /entry of inputs is not/,
    json: { inputs: [1] },
  },
  {
    why: "a name that is no text",
    code: "malformed",
    message: /name in inputs/,
    json: withInput({ name: 1 }),
  },
  { why: "an empty name", code: "malformed", message: /name in inputs/, json: withInput({ name: "" }) },
  { why: "a long name", code: "malformed", message: /1 to 256/, json: withInput({ name: "x".repeat(257) }) },
  {
    why: "an id that is no text",
    code: "malformed",
    message: /the id is not/,
    json: { ...withInput({}), id: 7 },
  },
  {
    why: "more inputs than are read",
    code: "too_large",
    message: /17 entries, at most 16/,
    json: { inputs: Array.from({ length: 17 }, (_, i) => ({ ...input, name: `i${i}` })) },
  },
  {
    why: "two inputs of one name",
    code: "duplicate_name",
    message: /inputs has "image" twice/,
    json: { inputs: [input, input] },
  },
  {
    why: "two outputs of one name",
    code: "duplicate_name",
    message: /outputs has "a" twice/,
    json: { inputs: [input], outputs: [{ name: "a" }, { name: "a" }] },
  },
  {
    why: "an output that is no object",
    code: "malformed",
    message: /entry of outputs/,
    json: { inputs: [input], outputs: ["a"] },
  },
  {
    why: "a flag that is no flag",
    code: "malformed",
    message: /binary_data is neither/,
    json: { inputs: [input], outputs: [{ name: "a", parameters: { binary_data: 1 } }] },
  },
  {
    why: "parameters that are none",
    code: "malformed",
    message: /parameters is not an object/,
    json: { inputs: [input], parameters: [] },
  },
  {
    why: "deep JSON",
    code: "too_deep",
    message: /deeper than 16/,
    json: `{"x":${deep(100_000)}}`,
  },
  {
    why: "deep JSON behind brackets in a text",
    code: "too_deep",
    message: /deeper than 16/,
    json: `{"a":"\\"]]]]]]]]]]]]]]]]]]]]","x":${deep(17)}}`,
  },
  {
    why: "an unknown datatype",
    code: "bad_datatype",
    message: /"FP32", known/,
    json: withInput({ datatype: "FP32" }),
  },
  { why: "no datatype", code: "bad_datatype", message: /missing/, json: withInput({ datatype: undefined }) },
  {
    why: "an inherited datatype",
    code: "bad_datatype",
    message: /"toString"/,
    json: withInput({ datatype: "toString" }),
  },
  {
    why: "no shape",
    code: "bad_shape",
    message: /shape of tensor "image"/,
    json: withInput({ shape: undefined }),
  },
  { why: "an empty shape", code: "bad_shape", message: /1 to 8 dimensions/, json: withInput({ shape: [] }) },
  {
    why: "too many dimensions",
    code: "bad_shape",
    message: /1 to 8 dim/,
    json: withInput({ shape: Array(9).fill(1) }),
  },
  { why: "a dimension of 0", code: "bad_shape", message: /at least 1/, json: withInput({ shape: [0, 4] }) },
  {
    why: "a negative dimension",
    code: "bad_shape",
    message: /at least 1/,
    json: withInput({ shape: [-1, -4] }),
  },
  {
    why: "a broken dimension",
    code: "bad_shape",
    message: /at least 1/,
    json: withInput({ shape: [1.5, 2] }),
  },
  {
    why: "a text for a dimension",
    code: "bad_shape",
    message: /at least 1/,
    json: withInput({ shape: ["2", 2] }),
  },
  {
    why: "a dimension of 2^60",
    code: "bad_shape",
    message: /at least 1/,
    json: withInput({ shape: [2 ** 60] }),
  },
  {
    why: "a huge product of dimensions",
    code: "too_large",
    message: /more than 16777216 elements/,
    json: withInput({ shape: [2 ** 31, 2 ** 31, 2 ** 31, 2 ** 31] }),
  },
  { why: "no data", code: "bad_data", message: /neither an array/, json: withInput({ data: undefined }) },
  {
    why: "data that is a text",
    code: "bad_data",
    message: /neither an array/,
    json: withInput({ data: "1234" }),
  },
  {
    why: "data that is an object",
    code: "bad_data",
    message: /neither an array/,
    json: withInput({ data: { 0: 1 } }),
  },
  {
    why: "too few elements",
    code: "bad_data",
    message: /3 entries where its shape asks for 4/,
    json: withInput({ data: [1, 2, 3] }),
  },
  {
    why: "too many elements",
    code: "bad_data",
    message: /5 entries/,
    json: withInput({ data: [1, 2, 3, 4, 5] }),
  },
  {
    why: "too few rows",
    code: "bad_data",
    message: /1 entries where its shape asks for 2/,
    json: withInput({ data: [[1, 2]] }),
  },
  {
    why: "a short row",
    code: "bad_data",
    message: /1 entries where its shape asks for 2/,
    json: withInput({ data: [[1, 2], [3]] }),
  },
  {
    why: "a number among rows",
    code: "bad_data",
    message: /no array where/,
    json: withInput({ data: [[1, 2], 3] }),
  },
  {
    why: "a row among numbers",
    code: "bad_data",
    message: /element 1 /,
    json: withInput({ data: [1, [2], 3, 4] }),
  },
  {
    why: "rows nested too deep",
    code: "bad_data",
    message: /element 0 /,
    json: withInput({
      data: [
        [[1], 2],
        [3, 4],
      ],
    }),
  },
  {
    why: "a fraction",
    code: "bad_data",
    message: /element 3 .* not an integer of 0 to 255/,
    json: withInput({ data: [1, 2, 3, 0.5] }),
  },
  {
    why: "a text among numbers",
    code: "bad_data",
    message: /element 0 /,
    json: withInput({ data: ["1", 2, 3, 4] }),
  },
  {
    why: "null, as some write NaN",
    code: "bad_data",
    message: /element 2 /,
    json: withInput({ data: [1, 2, null, 4] }),
  },
  { why: "a boolean", code: "bad_data", message: /element 2 /, json: withInput({ data: [1, 2, true, 4] }) },
  {
    why: "256 for UINT8",
    code: "bad_data",
    message: /element 1 /,
    json: withInput({ data: [1, 256, 3, 4] }),
  },
  { why: "-1 for UINT8", code: "bad_data", message: /element 1 /, json: withInput({ data: [1, -1, 3, 4] }) },
  {
    why: "128 for INT8",
    code: "bad_data",
    message: /-128 to 127/,
    json: withInput({ datatype: "INT8", data: [1, 128, 3, 4] }),
  },
  {
    why: "-32769 for INT16",
    code: "bad_data",
    message: /-32768 to/,
    json: withInput({ datatype: "INT16", data: [1, -32769, 3, 4] }),
  },
  {
    why: "1e400",
    code: "bad_data",
    message: /element 0 /,
    json: '{"inputs":[{"name":"image","datatype":"UINT8","shape":[1],"data":[1e400]}]}',
  },
  {
    why: "NaN as python writes it",
    code: "malformed",
    message: /JSON is malformed/,
    json: '{"inputs":[{"name":"image","datatype":"UINT8","shape":[1],"data":[NaN]}]}',
  },

  {
    why: "a header length that is no number",
    code: "bad_header_length",
    message: /"12x"/,
    json: { inputs: [input] },
    header: "12x",
  },
  {
    why: "a negative header length",
    code: "bad_header_length",
    message: /"-1"/,
    json: { inputs: [input] },
    header: "-1",
  },
  {
    why: "a broken header length",
    code: "bad_header_length",
    message: /"1.5"/,
    json: { inputs: [input] },
    header: "1.5",
  },
  {
    why: "an empty header length",
    code: "bad_header_length",
    message: /""/,
    json: { inputs: [input] },
    header: "",
  },
  {
    why: "a header length beyond the body",
    code: "bad_header_length",
    message: /at most the body/,
    json: { inputs: [input] },
    header: "5000",
  },
  {
    why: "a header length within the JSON",
    code: "malformed",
    message: /JSON is malformed/,
    json: { inputs: [input] },
    header: "10",
  },
  {
    why: "a header length of 0 without a raw input",
    code: "malformed",
    message: /JSON is malformed/,
    json: { inputs: [input] },
    header: "0",
  },
  {
    why: "a binary size without a header length",
    code: "bad_header_length",
    message: /needs the header/,
    json: { inputs: [sized(4)] },
  },
  {
    why: "a negative binary size",
    code: "bad_binary_size",
    message: /does not say 4/,
    json: { inputs: [sized(-4)] },
    binary: new Uint8Array(4),
  },
  {
    why: "a binary size that is a text",
    code: "bad_binary_size",
    message: /does not say 4/,
    json: { inputs: [sized("4")] },
    binary: new Uint8Array(4),
  },
  {
    why: "a binary size of another shape",
    code: "bad_binary_size",
    message: /does not say 4/,
    json: { inputs: [sized(8)] },
    binary: new Uint8Array(8),
  },
  {
    why: "a huge binary size",
    code: "bad_binary_size",
    message: /does not say 4/,
    json: { inputs: [sized(Number.MAX_SAFE_INTEGER)] },
    binary: new Uint8Array(4),
  },
  {
    why: "truncated binary data",
    code: "truncated",
    message: /3 of its 4 bytes are there/,
    json: { inputs: [sized(4)] },
    binary: new Uint8Array(3),
  },
  {
    why: "a second tensor beyond the body",
    code: "truncated",
    message: /0 of its 4 bytes/,
    json: { inputs: [sized(4), { ...sized(4), name: "b" }] },
    binary: new Uint8Array(4),
  },
  {
    why: "bytes after the last tensor",
    code: "trailing_bytes",
    message: /1 bytes after/,
    json: { inputs: [sized(4)] },
    binary: new Uint8Array(5),
  },
  {
    why: "bytes after a JSON tensor",
    code: "trailing_bytes",
    message: /4 bytes after/,
    json: { inputs: [input] },
    binary: new Uint8Array(4),
  },
  {
    why: "both data and a binary size",
    code: "malformed",
    message: /has both/,
    json: { inputs: [{ ...sized(4), data: [1, 2, 3, 4] }] },
    binary: new Uint8Array(4),
  },
  {
    why: "a JSON part above its limit",
    code: "too_large",
    message: /at most 65536 are read/,
    json: { inputs: [sized(4)], x: "x".repeat(65_536) },
    binary: new Uint8Array(4),
  },
];

/** The error, which has to be one of the protocol. */
function refusal(operation: () => unknown): OipError {
  try {
    operation();
  } catch (error) {
    expect(error).to.be.instanceOf(OipError);
    return error as OipError;
  }
  throw new Error("it was accepted");
}

describe("oip: malformed messages", () => {
  for (const { why, code, message, json, binary, header } of bad) {
    it(`refuses ${why}`, () => {
      const bytes = Buffer.from(typeof json === "string" ? json : JSON.stringify(json));
      const body = Buffer.concat([bytes, binary ?? new Uint8Array()]);
      const length = header ?? (binary === undefined ? undefined : String(bytes.length));
      const error = refusal(() => parseRequest(body, length));
      expect(error.code).to.equal(code);
      expect(error.message).to.match(message);
    });
  }

  it("refuses text that is not UTF-8", () => {
    const body = Buffer.from('{"id":"\xff"}', "latin1");
    expect(refusal(() => parseRequest(body, undefined)).code).to.equal("malformed");
  });

  it("refuses JSON above its limit without parsing it", () => {
    const body = new Uint8Array(DEFAULT_LIMITS.jsonBytes + 1);
    expect(refusal(() => parseRequest(body, undefined)).code).to.equal("too_large");
  });

  it("is not slowed by the shapes it refuses", () => {
    const started = performance.now();
    for (let i = 0; i < 100; i++)
      refusal(() =>
        parseRequest(Buffer.from(JSON.stringify(withInput({ shape: [2 ** 24, 2 ** 24] }))), undefined),
      );
    expect(performance.now() - started).to.be.below(500);
  });

  const spec: TensorSpec = { name: "image", datatype: "UINT8", itemShape: [2] };

  it("reads a body that is nothing but items when the header length is 0", () => {
    const parsed = parseRequest(Uint8Array.of(1, 2, 3, 4), "0", { raw: spec });
    expect(parsed).to.deep.equal({
      inputs: [{ name: "image", datatype: "UINT8", shape: [2, 2], data: Uint8Array.of(1, 2, 3, 4) }],
      binaryOutput: true,
    });
    expect(refusal(() => parseRequest(new Uint8Array(3), "0", { raw: spec })).code).to.equal("bad_data");
    expect(refusal(() => parseRequest(new Uint8Array(), "0", { raw: spec })).code).to.equal("bad_data");
    const limits = { ...DEFAULT_LIMITS, elements: 4 };
    expect(refusal(() => parseRequest(new Uint8Array(6), "0", { raw: spec, limits })).code).to.equal(
      "too_large",
    );
  });

  it("refuses tensors that are not the model's", () => {
    const tensor = { name: "image", datatype: "UINT8" as const, shape: [2, 2], data: new Uint8Array(4) };
    const codeOf = (...tensors: Parameters<typeof onlyTensor>[0]) =>
      refusal(() => onlyTensor(tensors, spec)).code;
    expect(onlyTensor([tensor], spec)).to.equal(tensor);
    expect(codeOf({ ...tensor, name: "other" })).to.equal("unknown_tensor");
    expect(codeOf(tensor, { ...tensor, name: "other" })).to.equal("unknown_tensor");
    expect(codeOf({ ...tensor, datatype: "INT8" })).to.equal("bad_datatype");
    expect(codeOf({ ...tensor, shape: [4] })).to.equal("bad_shape");
    expect(codeOf({ ...tensor, shape: [4, 1] })).to.equal("bad_shape");
    expect(codeOf({ ...tensor, shape: [1, 2, 2] })).to.equal("bad_shape");
  });

  it("refuses to write items and answers of another size", () => {
    expect(() => tensorOf(spec, [new Uint8Array(3)])).to.throw(RangeError, /item 0 has 3 bytes/);
    expect(() => tensorOf(spec, [])).to.throw(RangeError, /at least one/);
    expect(() => tensorOfOutputs({ ...spec, datatype: "INT32" }, [new Int32Array(3)])).to.throw(
      RangeError,
      /3 numbers, the model returns 2/,
    );
  });

  it("refuses responses without a model or with other tensors than they announce", () => {
    const of = (json: object) =>
      refusal(() => parseResponse(Buffer.from(JSON.stringify(json)), undefined)).code;
    expect(of({ outputs: [input] })).to.equal("malformed");
    expect(of({ model_name: "m" })).to.equal("malformed");
    expect(of({ model_name: "m", outputs: [{ ...input, data: [1] }] })).to.equal("bad_data");
  });

  it("reads errors of other servers, cut to a sane length", () => {
    const of = (text: string) => parseError(Buffer.from(text));
    expect(of('{"error":"no"}')).to.deep.equal({ error: "no", code: undefined });
    expect(of(JSON.stringify({ error: "x".repeat(1000), code: "full" }))).to.deep.equal({
      error: "x".repeat(256),
      code: "full",
    });
    expect(refusal(() => of("<html>")).code).to.equal("malformed");
    expect(refusal(() => of("{}")).code).to.equal("malformed");
  });

  it("refuses metadata of models that do not take batches", () => {
    const good = { name: "m", inputs: [{ name: "i", datatype: "UINT8", shape: [-1, 2] }] };
    const of = (json: object) =>
      refusal(() => parseMetadata(Buffer.from(JSON.stringify({ ...good, ...json })))).code;
    const outputs = (entry: object) => ({
      outputs: [{ name: "o", datatype: "INT32", shape: [-1, 2], ...entry }],
    });
    expect(parseMetadata(Buffer.from(JSON.stringify({ ...good, ...outputs({}) })))).to.have.property(
      "name",
      "m",
    );
    expect(of({})).to.equal("malformed");
    expect(of(outputs({ shape: [1, 2] }))).to.equal("bad_shape");
    expect(of(outputs({ shape: [-1, -1] }))).to.equal("bad_shape");
    expect(of(outputs({ datatype: "FP32" }))).to.equal("bad_datatype");
    expect(of({ ...outputs({}), versions: "1" })).to.equal("malformed");
  });
});
