import { expect } from "chai";
import { Answers, checkRaw, type RawBlock } from "../../../api/index/raw.ts";
import { hasAbsent, NO_REQUEST, parseBlock, VALIDATORS_PATH } from "../../../api/index/parse.ts";
import { makeHistory, recordedBlocks, recordedDecoder } from "./history.ts";

const SENDER = "assay17k2hp54w6tgxfylhz6d4ryyxgvq8tvcrgrl2hk";

describe("index/parse", function () {
  this.timeout(20_000);

  const parse = (raw: RawBlock, answers = new Answers()) =>
    parseBlock(raw, { decoder: recordedDecoder(), answers, first: false });
  const recorded = (height: number): RawBlock => {
    const found = recordedBlocks().find(({ block }) => Number(block.block.header.height) === height);
    if (!found) throw new Error(`block ${height} was not recorded`);
    return found;
  };

  it("reads the first block of a chain", () => {
    const block = parse(recorded(1));
    expect(block.height).to.equal(1);
    expect(block.time).to.equal("2026-11-21T18:11:08.439Z");
    expect(block.hash).to.match(/^[0-9A-F]{64}$/);
    expect(block.proposer).to.match(/^[0-9A-F]{40}$/);
    expect(block.signatures).to.deep.equal([]);
    expect(block.txs).to.deep.equal([]);
    expect(block.typed.map(({ event, tx }) => [event.name, tx])).to.deep.equal([
      ["EventEpochStarted", null],
      ["EventPhaseChanged", null],
    ]);
  });

  it("reads a transfer: hash, fee, memo, who signed, what it says", () => {
    const block = parse(recorded(1698));
    expect(block.signatures).to.have.lengthOf(4);
    expect(block.signatures.every(({ signed }) => signed)).to.equal(true);
    const tx = block.txs.find(
      ({ hash }) => hash === "645A22857C717046D321871506CB90460BEDCD3690626880117294230FAB7456",
    );
    expect(tx).to.deep.include({ code: 0, codespace: "", memo: "", signers: [SENDER], gasWanted: 120_000 });
    expect(tx?.gasUsed).to.be.within(40_000, 120_000);
    expect(tx?.messages.map(({ path, typeUrl }) => [path, typeUrl])).to.deep.equal([
      ["0", "/cosmos.bank.v1beta1.MsgSend"],
    ]);
    expect(tx?.events.map(({ type }) => type)).to.include.members([
      "tx",
      "message",
      "transfer",
      "coin_spent",
    ]);
    const [message] = tx?.messages ?? [];
    expect(recordedDecoder().decode(message?.typeUrl ?? "", message?.value ?? NO_REQUEST)).to.deep.equal({
      from_address: SENDER,
      to_address: "assay1mqql2mdkzwgeza0zajjf897jsrc58e6vxwfzg3",
      amount: [{ denom: "uassay", amount: "1" }],
    });
  });

  it("takes no events of our modules from a transaction that failed", () => {
    const raw = recorded(1699);
    const failed = parse(raw).txs.find(({ code }) => code !== 0);
    expect(failed).to.deep.include({ code: 5, codespace: "sdk", signers: [SENDER] });
    expect(failed?.log).to.include("insufficient funds");
    expect(failed?.messages).to.have.lengthOf(1);

    const [claims] = [...makeHistory(40, 5)].filter(({ results }) =>
      JSON.stringify(results).includes("EventVoucherClaimed"),
    );
    if (!claims) throw new Error("there is no claim in the history");
    const before = parse(claims).typed.filter(({ tx }) => tx !== null);
    expect(before).not.to.deep.equal([]);
    for (const result of claims.results.txs_results ?? []) result.code = 11;
    expect(parse(claims).typed.filter(({ tx }) => tx !== null)).to.deep.equal([]);
    expect(parse(claims).txs.every(({ events }) => events.length > 0)).to.equal(true);
  });

  it("lists messages inside of messages after the one around them", () => {
    const tx = parse(recorded(1700)).txs.find(({ messages }) => messages.length > 1);
    expect(tx?.messages.map(({ path, typeUrl }) => [path, typeUrl.split(".").at(-1)])).to.deep.equal([
      ["0", "MsgExec"],
      ["0.0", "MsgSend"],
      ["0.1", "MsgSend"],
      ["0.2", "MsgExec"],
      ["0.2.0", "MsgSend"],
      ["1", "MsgSend"],
    ]);
    expect(tx?.signers).to.deep.equal([SENDER]);
  });

  it("keeps bytes that are no transaction, and says nothing about them", () => {
    const raw = recorded(1698);
    raw.block.block.data.txs = ["", "AAAA", "CgASAA==", Buffer.alloc(1_000, 0xff).toString("base64")];
    raw.results.txs_results = [{ code: 2 }, { code: 2, log: null as unknown as undefined }, {}, { code: 2 }];
    const { txs } = parse(raw);
    expect(txs.map(({ bytes }) => bytes.length)).to.deep.equal([0, 3, 4, 1_000]);
    for (const tx of txs) expect(tx).to.deep.include({ messages: [], signers: [], fee: [], memo: "" });
  });

  it("orders events as they happened", () => {
    const raw = recorded(1);
    const phase = (epoch: number, mode: string) => ({
      type: "assay.poi.v1.EventPhaseChanged",
      attributes: [
        { key: "epoch", value: `"${epoch}"` },
        { key: "phase", value: '"PHASE_ROWS"' },
        { key: "mode", value: mode },
      ],
    });
    raw.results.finalize_block_events = [phase(3, "EndBlock"), phase(1, "BeginBlock"), phase(4, "EndBlock")];
    raw.block.block.data.txs = ["AAAA"];
    raw.results.txs_results = [
      { code: 0, events: [{ type: phase(2, "").type, attributes: phase(2, "").attributes.slice(0, 2) }] },
    ];
    const epochs = parse(raw).typed.map(({ event, tx }) => [
      event.name === "EventPhaseChanged" && Number(event.value.epoch),
      tx,
    ]);
    expect(epochs).to.deep.equal([
      [1, null],
      [2, 0],
      [3, null],
      [4, null],
    ]);
  });

  it("names validators that did not sign by their place in the set", () => {
    const raw = recorded(1698);
    const signatures = raw.block.block.last_commit.signatures ?? [];
    const addresses = signatures.map(({ validator_address }) => validator_address);
    Object.assign(signatures[1] ?? {}, { block_id_flag: 1, validator_address: "" });
    Object.assign(signatures[2] ?? {}, { block_id_flag: 3 }); // voted for no block: it was there
    expect(hasAbsent(raw)).to.equal(true);
    expect(parse(raw).signatures).to.have.lengthOf(3);
    const answers = new Answers();
    answers.add({
      path: VALIDATORS_PATH,
      request: NO_REQUEST,
      response: Buffer.from(addresses.join(""), "hex"),
    });
    expect(parse(raw, answers).signatures).to.deep.equal(
      addresses.map((address, index) => ({ address, signed: index !== 1 })),
    );
  });

  describe("checkRaw", () => {
    const check = (change: (raw: RawBlock) => void) => () => {
      const raw = recorded(1698);
      change(raw);
      return checkRaw(1698, raw.block, raw.results);
    };

    it("takes what a node said, with everything that is not read", () => {
      const raw = recorded(1698);
      expect(check(() => undefined)()).to.deep.equal(raw);
      expect(JSON.stringify(raw)).to.include("app_hash");
    });

    it("refuses another block, a part of one, and other shapes", () => {
      expect(check(({ block }) => (block.block.header.height = "7"))).to.throw(
        "block 1698 was asked for, 7 and 1698 came",
      );
      expect(check(({ results }) => (results.txs_results = []))).to.throw(
        /has \d+ transactions and 0 results/,
      );
      expect(check(({ block }) => (block.block.data.txs = ["%"]))).to.throw("malformed");
      expect(check(({ block }) => (block.block_id.hash = "<b>"))).to.throw("malformed");
      expect(() => checkRaw(1, null, {})).to.throw("malformed");
    });
  });
});
