import { expect } from "chai";
import { metric, parseDifferential, parseGoBench, parseScorer } from "../bench/parse.ts";
import { isMet, type Measure, ratioOf } from "../bench/parts.ts";

const GO_OUTPUT = `goos: linux
BenchmarkRun/MLP-2     \t   22689\t     23831 ns/op\t         4.265 GMAC/s\t         0.02122 best-ms/run\t       0 B/op
BenchmarkRunNaive      \t     174\t   3410346 ns/op\t         0.2685 best-GMAC/s
PASS
`;

describe("reading what benchmarks print", () => {
  it("finds metrics of Go benchmarks, with and without the number of processors", () => {
    expect([...parseGoBench(GO_OUTPUT).keys()]).to.deep.equal(["Run/MLP", "RunNaive"]);
    expect(metric(GO_OUTPUT, "Run/MLP", "best-ms/run")).to.equal(0.02122);
    expect(metric(GO_OUTPUT, "RunNaive", "best-GMAC/s")).to.equal(0.2685);
  });

  it("refuses a benchmark that failed, with what it printed", () => {
    expect(() => metric("--- FAIL: BenchmarkSettle", "Settle", "best-ms/op")).to.throw(/best-ms[^]*--- FAIL/);
    expect(() => metric(GO_OUTPUT, "RunNaive", "best-ms/run")).to.throw(/did not report/);
  });

  it("finds differences", () => {
    const line = "2000 models x 5 runtimes, 91234 outputs: 3 differences (80.1 s)";
    expect(parseDifferential(`${line}\n`)).to.deep.equal({ models: 2000, outputs: 91234, differences: 3 });
    expect(() => parseDifferential("Error: no Go")).to.throw(/no Go/);
  });

  it("reads the last line of the scorer's", () => {
    const result = { batch: 64, ratio: 0.9, arenas: [] };
    expect(parseScorer(`a table\n${JSON.stringify(result)}\n`)).to.deep.equal(result);
    expect(() => parseScorer("Error: no file")).to.throw(/no file/);
    expect(() => parseScorer('{"batch":64}')).to.throw();
  });
});

describe("targets of benchmarks", () => {
  const measure: Measure = { part: "p", what: "w", value: 8, unit: "", baseline: { what: "b", value: 10 } };

  it("compare the value or its ratio to the baseline", () => {
    expect(ratioOf(measure)).to.equal(0.8);
    expect(isMet(measure)).to.equal(undefined);
    expect(isMet({ ...measure, target: { of: "ratio", atLeast: 0.8 } })).to.equal(true);
    expect(isMet({ ...measure, target: { of: "ratio", atLeast: 0.81 } })).to.equal(false);
    expect(isMet({ ...measure, target: { of: "value", atMost: 8 } })).to.equal(true);
    expect(isMet({ ...measure, target: { of: "value", atMost: 7.9 } })).to.equal(false);
  });

  it("are never met by what is not a number", () => {
    expect(isMet({ ...measure, value: NaN, target: { of: "value", atMost: 1 } })).to.equal(false);
  });
});
