import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { expect } from "chai";
import { errorOf } from "@assay/service-kit/testing/support";
import { Refusal } from "../../../src/serve/gate.ts";
import { checkBody, readBody } from "../../../src/serve/http/body.ts";

const never = new AbortController().signal;

/** A request whose body a test writes. */
function request(): PassThrough & IncomingMessage {
  return new PassThrough() as PassThrough & IncomingMessage;
}

describe("request bodies", () => {
  it("are read whole, of any number of chunks", async () => {
    for (const chunks of [[], ["abc"], ["a", "b", "c"]]) {
      const stream = request();
      const body = readBody(stream, 3, never);
      for (const chunk of chunks) stream.write(chunk);
      stream.end();
      expect((await body).toString()).to.equal(chunks.join(""));
    }
  });

  it("are not read beyond the limit", async () => {
    const stream = request();
    const error = errorOf(() => readBody(stream, 3, never));
    stream.write("abcd");
    expect(await error).to.include({ status: 413, code: "too_large" });
    stream.write("more");
    expect(stream.isPaused()).to.equal(true);
    expect(stream.readableLength).to.equal(4);
  });

  it("end with their signal, and leave nothing behind", async () => {
    const stream = request();
    const late = new AbortController();
    const error = errorOf(() => readBody(stream, 3, late.signal));
    late.abort(new Refusal(408, "slow_body", "late"));
    expect(await error).to.include({ code: "slow_body" });
    expect(stream.listenerCount("data") + stream.listenerCount("error")).to.equal(0);
  });

  it("end with their client, also one that was gone before", async () => {
    const stream = request();
    const error = errorOf(() => readBody(stream, 3, never));
    stream.destroy();
    expect(await error).to.include({ code: "aborted" });
    expect(await errorOf(() => readBody(stream, 3, never))).to.include({ code: "aborted" });
  });

  it("are refused by their head when they are too long or compressed", () => {
    const check = (headers: IncomingMessage["headers"]) => checkBody({ headers }, 10);
    expect(() => check({ "content-length": "10" })).not.to.throw();
    expect(() => check({ "content-encoding": "identity" })).not.to.throw();
    expect(() => check({ "content-length": "11" })).to.throw(Refusal, /more than 10 bytes/);
    expect(() => check({ "content-encoding": "br" })).to.throw(Refusal, /compressed/);
  });
});
