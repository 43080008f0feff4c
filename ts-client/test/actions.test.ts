import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { expect } from "chai";
import { getClock } from "../src/actions/getClock.ts";
import { getModelFile } from "../src/actions/getModelFile.ts";
import { getUnbondings } from "../src/actions/getUnbondings.ts";
import type { AssayClient } from "../src/client.ts";
import { FileHashError, MalformedResponseError } from "../src/errors.ts";

/** A client whose x/poi queries answer with what a test says, as a broken or lying node might. */
function answering(poi: Record<string, () => object>): AssayClient {
  const queries = Object.entries(poi).map(([name, answer]) => [name, () => Promise.resolve(answer())]);
  return { poi: Object.fromEntries(queries) as AssayClient["poi"] } as AssayClient;
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => error,
  );
}

describe("actions", () => {
  it("getModelFile believes only the hash", async () => {
    const file = Uint8Array.of(1, 2, 3);
    const client = answering({ ModelFile: () => ({ file }) });
    expect(await getModelFile(client, { modelHex: bytesToHex(sha256(file)) })).to.equal(file);
    expect(await rejection(getModelFile(client, { modelHex: "00".repeat(32) }))).to.be.instanceOf(
      FileHashError,
    );
  });

  it("tell which part of an answer is missing", async () => {
    const client = answering({ Clock: () => ({ height: 1n }) });
    const error = await rejection(getClock(client));
    expect(error).to.be.instanceOf(MalformedResponseError);
    expect((error as Error).message).to.contain("Clock.clock is missing");
  });

  it("getUnbondings pairs entries with amounts", async () => {
    const unbondings = [{ seq: 1n }, { seq: 2n }];
    const client = answering({ Unbondings: () => ({ unbondings, amounts: ["5", "6"] }) });
    expect(await getUnbondings(client)).to.deep.equal([
      { unbonding: { seq: 1n }, amount: 5n },
      { unbonding: { seq: 2n }, amount: 6n },
    ]);
    const short = answering({ Unbondings: () => ({ unbondings, amounts: ["5"] }) });
    expect(await rejection(getUnbondings(short))).to.be.instanceOf(MalformedResponseError);
  });
});
