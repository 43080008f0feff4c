import { Model } from "@assay/client/generated/assay/poi/v1/model";
import type { MsgRegisterModel } from "@assay/client/generated/assay/poi/v1/tx";
import { expect } from "chai";
import {
  BalanceTooLowError,
  DuplicateModelError,
  FeeTooHighError,
  ModelFileError,
  NoPlaceError,
} from "../src/errors.ts";
import type { Registration } from "../src/registration.ts";
import {
  entryOf,
  FakeChain,
  failure,
  never,
  openRecords,
  STRANGER,
  temporaryFolder,
} from "./support/fixture.ts";

describe("registration", () => {
  let folder: string;
  let remove: () => Promise<void>;
  let chain: FakeChain;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    chain = new FakeChain();
  });
  afterEach(() => remove());

  async function complete(registration: Registration): Promise<boolean> {
    if (await registration.isDone()) return false;
    await registration.checkCost();
    await registration.register(await registration.reserve(never), [], never);
    return true;
  }

  it("reserves, registers in a later block, and then has nothing to do", async () => {
    const { store, registrationOf } = openRecords(folder, chain);
    expect(await complete(registrationOf(entryOf(1)))).to.equal(true);
    expect(await complete(registrationOf(entryOf(1)))).to.equal(false);
    expect(chain.verbs).to.deep.equal(["ReserveModel", "RegisterModel"]);
    store.close();
  });

  it("sends file, terms and the largest fee as they were given", async () => {
    const { store, registrationOf } = openRecords(folder, chain);
    const entry = entryOf(7, { card: "what it is", royaltyBps: 250, inferFee: 30n });
    await complete(registrationOf(entry));
    const message = chain.sent[1]!.value as MsgRegisterModel;
    expect(message).to.deep.include({ arena: 1n, name: "model-7", card: "what it is", maxFee: "500" });
    expect(message.terms).to.deep.equal({
      licence: "Apache-2.0",
      royaltyBps: 250,
      parents: [],
      inferFee: "30",
    });
    store.close();
  });

  for (const crash of [
    { on: "ReserveModel", after: false },
    { on: "ReserveModel", after: true },
    { on: "RegisterModel", after: false },
    { on: "RegisterModel", after: true },
  ]) {
    it(`goes on after a crash ${crash.after ? "after" : "before"} the block with ${crash.on}`, async () => {
      chain.crash = crash;
      const first = openRecords(folder, chain);
      expect((await failure(complete(first.registrationOf(entryOf(1))))).message).to.equal("crash");
      first.store.close();

      const second = openRecords(folder, chain);
      await complete(second.registrationOf(entryOf(1)));
      expect(chain.verbs).to.deep.equal(["ReserveModel", "RegisterModel"]);
      expect(chain.registered.size).to.equal(1);
      second.store.close();
    });
  }

  it("has the salt on disk before the reservation is sent", async () => {
    chain.crash = { on: "ReserveModel", after: false };
    const { store, records, registrationOf } = openRecords(folder, chain);
    const registration = registrationOf(entryOf(1));
    await failure(registration.reserve(never));
    const kept = records.open({
      chainId: chain.chainId,
      model: new Uint8Array(32).fill(1),
      owner: entryOf(1).owner,
    });
    expect(kept.sent).to.equal(false);
    expect(await registration.reserve(never)).to.deep.equal(kept.salt);
    store.close();
  });

  it("reserves again, under another salt, when the reservation has expired", async () => {
    const { store, registrationOf } = openRecords(folder, chain);
    const registration = registrationOf(entryOf(1));
    const salt = await registration.reserve(never);
    chain.at += 45n;
    const other = await registration.reserve(never);
    expect(other).not.to.deep.equal(salt);
    chain.reservations.clear();
    expect(await registration.reserve(never)).not.to.deep.equal(other);
    expect(chain.verbs).to.deep.equal(["ReserveModel", "ReserveModel", "ReserveModel"]);
    store.close();
  });

  it("pays nothing when the fee is above what the owner accepts", async () => {
    chain.fee = 501n;
    const { store, registrationOf } = openRecords(folder, chain);
    const error = await failure(complete(registrationOf(entryOf(1))));
    expect(error).to.be.instanceOf(FeeTooHighError);
    expect(error.message).to.match(/fee is 501uassay, you accept 500uassay: raise max-fee, or wait/);
    expect(chain.sent).to.deep.equal([]);
    store.close();
  });

  it("pays nothing when the balance does not cover fee and bond, and says what is missing", async () => {
    chain.funds = 1_100n;
    const { store, registrationOf } = openRecords(folder, chain);
    const error = await failure(complete(registrationOf(entryOf(1))));
    expect(error).to.be.instanceOf(BalanceTooLowError);
    expect(error.message).to.match(/holds 1100uassay.*takes 1400uassay.*send at least 300uassay/);
    expect(chain.sent).to.deep.equal([]);
    store.close();
  });

  it("refuses a file that is a model of somebody else", async () => {
    const id = new Uint8Array(32).fill(1);
    chain.registered.set("01".repeat(32), Model.fromPartial({ id, author: STRANGER }));
    const { store, registrationOf } = openRecords(folder, chain);
    const error = await failure(complete(registrationOf(entryOf(1))));
    expect(error).to.be.instanceOf(DuplicateModelError);
    expect(error.message).to.contain(STRANGER);
    store.close();
  });

  for (const [code, type, text] of [
    [14, NoPlaceError, /no budget left to audit.*Make it smaller/],
    [15, NoPlaceError, /full arena.*Try again later/],
    [16, ModelFileError, /the chain refuses the file/],
    [18, NoPlaceError, /fee has just risen.*Raise max-fee/],
  ] as const) {
    it(`explains the chain's refusal ${code} and can be tried again with the same reservation`, async () => {
      chain.refuse = code;
      const { store, registrationOf } = openRecords(folder, chain);
      const error = await failure(complete(registrationOf(entryOf(1))));
      expect(error).to.be.instanceOf(type);
      expect(error.message).to.match(text);
      await complete(registrationOf(entryOf(1)));
      expect(chain.verbs).to.deep.equal(["ReserveModel", "RegisterModel"]);
      store.close();
    });
  }
});
