import { createLogger } from "@assay/service-kit/log";
import type { MsgRegisterModel } from "@assay/client/generated/assay/poi/v1/tx";
import { Model } from "@assay/client/generated/assay/poi/v1/model";
import { expect } from "chai";
import { Entrance, type Entrant } from "../src/entrance.ts";
import {
  ARENA,
  entryOf,
  FakeChain,
  never,
  openRecords,
  STRANGER,
  temporaryFolder,
} from "./support/fixture.ts";

describe("entrance", () => {
  let folder: string;
  let remove: () => Promise<void>;
  let chain: FakeChain;
  let lines: string[];
  let close: () => void;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    chain = new FakeChain();
    lines = [];
  });
  afterEach(async () => {
    close();
    await remove();
  });

  function open(models: readonly { byte: number; parents?: string[]; maxFee?: bigint }[]) {
    const { store, registrationOf } = openRecords(folder, chain);
    close = () => store.close();
    const log = createLogger({
      name: "test",
      destination: { write: (line) => lines.push((JSON.parse(line) as { msg: string }).msg) },
    });
    const entered: string[] = [];
    const entrants = models.map(({ byte, parents = [], maxFee = 500n }): Entrant => {
      const registration = registrationOf(entryOf(byte, { maxFee }));
      return { registration, parents, log, registered: () => entered.push(registration.entry.name) };
    });
    const planned = new Map(
      entrants.map(({ registration }) => [registration.entry.name, registration.modelHex]),
    );
    return { entered, entrance: new Entrance({ chain, arena: ARENA, entrants, planned, log }) };
  }

  const names = (): string[] =>
    chain.sent.flatMap(({ typeUrl, value }) =>
      typeUrl.endsWith("MsgRegisterModel") ? [(value as MsgRegisterModel).name] : [],
    );

  it("reserves all models in order before it shows a file", async () => {
    const { entrance, entered } = open([{ byte: 1 }, { byte: 2 }, { byte: 3 }]);
    expect(await entrance.advance(never)).to.equal(true);
    expect(chain.verbs).to.deep.equal([
      "ReserveModel",
      "ReserveModel",
      "ReserveModel",
      "RegisterModel",
      "RegisterModel",
      "RegisterModel",
    ]);
    expect(names()).to.deep.equal(["model-1", "model-2", "model-3"]);
    expect(entered).to.deep.equal(names());
  });

  it("sends nothing again for models that are there already", async () => {
    expect(await open([{ byte: 1 }]).entrance.advance(never)).to.equal(true);
    close();
    chain.sent.length = 0;
    const { entrance, entered } = open([{ byte: 1 }]);
    expect(await entrance.advance(never)).to.equal(true);
    expect(entered).to.deep.equal(["model-1"]);
    expect(chain.sent).to.deep.equal([]);
  });

  it("waits for sponsors before it reserves, and says so once", async () => {
    chain.ready = 2;
    const { entrance } = open([{ byte: 1 }]);
    expect(await entrance.advance(never)).to.equal(false);
    expect(await entrance.advance(never)).to.equal(false);
    expect(chain.sent).to.deep.equal([]);
    expect(lines.filter((line) => line.startsWith("waiting for sponsors"))).to.have.length(1);
    chain.ready = 3;
    expect(await entrance.advance(never)).to.equal(true);
  });

  it("holds up no other model for one that cannot enter now", async () => {
    const { entrance, entered } = open([{ byte: 1, maxFee: 10n }, { byte: 2 }]);
    expect(await entrance.advance(never)).to.equal(false);
    expect(entered).to.deep.equal(["model-2"]);
    chain.fee = 10n;
    expect(await entrance.advance(never)).to.equal(true);
    expect(entered).to.deep.equal(["model-2", "model-1"]);
  });

  it("gives up what somebody else has, and goes on", async () => {
    chain.registered.set(
      "01".repeat(32),
      Model.fromPartial({ id: new Uint8Array(32).fill(1), author: STRANGER }),
    );
    const { entrance, entered } = open([{ byte: 1 }, { byte: 2 }]);
    expect(await entrance.advance(never)).to.equal(true);
    expect(entered).to.deep.equal(["model-2"]);
    expect(lines.some((line) => line.startsWith("given up: this file is model"))).to.equal(true);
  });

  it("names parents of the same process by name, and waits until they are registered", async () => {
    const { entrance } = open([{ byte: 2, parents: ["model-1"] }, { byte: 1 }]);
    expect(await entrance.advance(never)).to.equal(false);
    expect(await entrance.advance(never)).to.equal(true);
    const child = chain.registered.get("02".repeat(32))!;
    expect(child.terms!.parents).to.deep.equal([Buffer.alloc(32, 1)]);
  });

  it("says that a parent is unknown", async () => {
    const { entrance } = open([{ byte: 1, parents: ["nobody"] }]);
    expect(await entrance.advance(never)).to.equal(false);
    expect(lines).to.include('no model of the arena is called "nobody": correct the parents, or name its id');
  });
});
