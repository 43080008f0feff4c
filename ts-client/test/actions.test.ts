import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { expect } from "chai";
import { getChannels } from "../src/actions/getChannels.ts";
import { getClock } from "../src/actions/getClock.ts";
import { getCredits } from "../src/actions/getCredits.ts";
import { getMarketLedger } from "../src/actions/getMarketLedger.ts";
import { getModelFile } from "../src/actions/getModelFile.ts";
import { getService } from "../src/actions/getService.ts";
import { getServices } from "../src/actions/getServices.ts";
import { getUnbondings } from "../src/actions/getUnbondings.ts";
import type { AssayClient } from "../src/client.ts";
import { FileHashError, MalformedResponseError } from "../src/errors.ts";

/** A client whose queries answer with what a test says, as a broken or lying node might. */
function answering(answers: Record<string, (request: never) => object>): AssayClient {
  const queries: unknown = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      (request: never) => Promise.resolve(answer(request)),
    ]),
  );
  return { poi: queries, marketplace: queries } as AssayClient;
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
    const service = await rejection(getService(answering({ Service: () => ({}) }), { id: 1n }));
    expect((service as Error).message).to.contain("Service.entry is missing");
  });

  it("of the market ask for all that no filter leaves out, page by page", async () => {
    const requests: object[] = [];
    const list = (name: string) => (request: never) => {
      requests.push(request);
      const first = requests.length === 1;
      return { [name]: [requests.length], pagination: { nextKey: Uint8Array.from(first ? [9] : []) } };
    };
    const services: unknown = await getServices(answering({ Services: list("services") }), { arena: 3n });
    expect(services).to.deep.equal([1, 2]);
    expect(requests[0]).to.include({ arena: 3n, modelHex: "", provider: "", all: false });
    expect(requests[1]).to.have.nested.property("pagination.key").that.deep.equals(Uint8Array.of(9));
    await getChannels(answering({ Channels: list("channels") }), { payer: "a" });
    expect(requests[2]).to.include({ payer: "a", service: 0n });
  });

  it("of the market give coins as bigint", async () => {
    const coins = [{ denom: "uassay", amount: "18446744073709551616" }];
    const amounts = [{ denom: "uassay", amount: 2n ** 64n }];
    expect(
      await getCredits(answering({ Credits: () => ({ credits: coins }) }), { owner: "a" }),
    ).to.deep.equal(amounts);
    const ledger = { avail: coins, credits: [], bonds: coins, balance: coins };
    expect(await getMarketLedger(answering({ Ledger: () => ledger }))).to.deep.equal({
      avail: amounts,
      credits: [],
      bonds: amounts,
      balance: amounts,
    });
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
