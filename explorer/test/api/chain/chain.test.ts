import { createHash } from "node:crypto";
import { sendTokens } from "@assay/client/messages";
import { NotFoundError } from "@assay/client/errors";
import { createRegistry } from "@assay/client/registry";
import { expect } from "chai";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Kysely } from "kysely";
import { chainArea } from "../../../api/chain/area.ts";
import type { Database } from "../../../api/db/schema.ts";
import { HttpError } from "../../../api/http/errors.ts";
import type { Decoder, Json } from "../../../api/index/decode.ts";
import { checkRaw, pack } from "../../../api/index/raw.ts";
import type { NodeState } from "../../../api/node/state.ts";
import type { Account, Block, Signer, Tx, TxSummary } from "../../../wire/chain.ts";
import { forEachDatabase } from "../databases.ts";
import { apiOf, blockOf, indexBlocks, openMemory, type Api, type TxSpec } from "../support.ts";

const areas = [chainArea];
const A = "assay1mqql2mdkzwgeza0zajjf897jsrc58e6vxwfzg3";
const B = "assay14mrdc3wamtsruxfuymwjj7ftvwpdwcpeplug25";
const SEND = "/cosmos.bank.v1beta1.MsgSend";
const CLAIM = "/assay.poi.v1.MsgClaimRewards";
const OPERATOR = "assayvaloper1mqql2mdkzwgeza0zajjf897jsrc58e6v26t3mg";
const PROPOSER = "AA".repeat(20);

const send = (from: string, to: string) => sendTokens({ from, to, amount: 5n });
const claim = (owner: string) => ({ typeUrl: CLAIM, value: { owner } });

/** A node that knows one validator and nothing else. */
const node: NodeState = {
  async ask<T>(key: string) {
    if (key !== "chain/validators") throw new NotFoundError("Query/Account", 22, "sdk", "");
    const validators: Signer[] = [{ address: PROPOSER, operator: OPERATOR, moniker: "node 0" }];
    return { value: validators as T, height: 9, stale: false };
  },
};

interface Page {
  items: TxSummary[];
  next: string | null;
}

/** All items of a list, page by page. */
async function walk(api: Api, path: string): Promise<TxSummary[]> {
  const items: TxSummary[] = [];
  for (let next: string | null = ""; next !== null; ) {
    const { status, body } = await api(`${path}${path.includes("?") ? "&" : "?"}${next && `cursor=${next}`}`);
    expect(status).to.equal(200);
    const page = body as Page;
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

const places = (items: readonly TxSummary[]) => items.map(({ height, index }) => `${height}/${index}`);

forEachDatabase((open) => {
  describe("chain area", () => {
    const txs: Record<number, TxSpec[]> = {
      1: [{ messages: [send(A, B)], signers: [A], fee: [{ denom: "uassay", amount: "7" }], memo: "\u202ehi\u0000" }],
      3: [
        { messages: [claim(A), claim(A), send(A, B)], signers: [A] },
        { messages: [send(B, B)], signers: [B], code: 5, codespace: "sdk" },
        { messages: [claim(B)], signers: [B] },
      ],
      4: [{ messages: [claim(B)], signers: [B], code: 25, codespace: "poi" }],
    };

    async function indexed(): Promise<Kysely<Database>> {
      const db = await open(areas);
      const blocks = [1, 2, 3, 4].map((height) => blockOf({ height, txs: txs[height] ?? [] }));
      await indexBlocks(db, areas, blocks);
      return db;
    }

    it("lists blocks, newest first, with who put them together", async () => {
      const api = apiOf(await indexed(), { areas, node });
      const first = (await api("/api/blocks?limit=3")).body as { items: Block[]; next: string };
      expect(first.items.map(({ height, txs, failedTxs }) => [height, txs, failedTxs])).to.deep.equal([
        [4, 1, 1],
        [3, 3, 1],
        [2, 0, 0],
      ]);
      expect(first.items[0]?.proposer).to.deep.equal({ address: PROPOSER, operator: OPERATOR, moniker: "node 0" });
      const second = (await api(`/api/blocks?limit=3&cursor=${first.next}`)).body as { items: Block[]; next: null };
      expect(second.items.map(({ height }) => height)).to.deep.equal([1]);
      expect(second.next).to.equal(null);
    });

    it("lists blocks without names while the node is away", async () => {
      const away: NodeState = { ask: () => Promise.reject(new HttpError(503, "away")) };
      const { body } = await apiOf(await indexed(), { areas, node: away })("/api/blocks?limit=1");
      expect((body as { items: Block[] }).items[0]?.proposer).to.deep.equal({
        address: PROPOSER,
        operator: null,
        moniker: null,
      });
    });

    it("lists transactions by type, result and height, a page of any size at a time", async () => {
      const api = apiOf(await indexed(), { areas, node });
      const all = ["4/0", "3/2", "3/1", "3/0", "1/0"];
      for (const limit of [1, 2, 3, 100]) {
        expect(places(await walk(api, `/api/txs?limit=${limit}`))).to.deep.equal(all);
      }
      const list = async (query: string) => places(await walk(api, `/api/txs?limit=1&${query}`));
      expect(await list("status=failed")).to.deep.equal(["4/0", "3/1"]);
      expect(await list("status=succeeded")).to.deep.equal(["3/2", "3/0", "1/0"]);
      expect(await list(`type=${SEND}`)).to.deep.equal(["3/1", "3/0", "1/0"]);
      expect(await list(`type=${SEND}&status=failed`)).to.deep.equal(["3/1"]);
      expect(await list(`type=${CLAIM}&status=succeeded&from=2&to=3`)).to.deep.equal(["3/2", "3/0"]);
      expect(await list("from=2&to=3")).to.deep.equal(["3/2", "3/1", "3/0"]);
      expect(await list("type=/no.such.Msg")).to.deep.equal([]);
    });

    it("sums a transaction up", async () => {
      const [summary] = await walk(apiOf(await indexed(), { areas, node }), "/api/txs?to=1");
      expect(summary).to.deep.equal({
        hash: createHash("sha256").update("tx 1/0").digest("hex").toUpperCase(),
        height: 1,
        index: 0,
        time: "2026-01-01T00:00:01.000Z",
        code: 0,
        codespace: "",
        messageCount: 1,
        types: [SEND],
        fee: [{ denom: "uassay", amount: "7" }],
        signers: [A],
        gasWanted: 200_000,
        gasUsed: 100_000,
        memo: "hi",
      });
    });

    it("lists each type of message once", async () => {
      const { body } = await apiOf(await indexed(), { areas, node })("/api/tx-types");
      expect(body).to.deep.equal({ types: [CLAIM, SEND] });
      const nothing = await apiOf(await open(areas), { areas, node })("/api/tx-types");
      expect(nothing.body).to.deep.equal({ types: [] });
    });

    it("lists what an account has to do with", async () => {
      const api = apiOf(await indexed(), { areas, node });
      expect(places(await walk(api, `/api/accounts/${B}/txs?limit=2`))).to.deep.equal([
        "4/0",
        "3/2",
        "3/1",
        "3/0",
        "1/0",
      ]);
      expect(places(await walk(api, `/api/accounts/${A}/txs?limit=1`))).to.deep.equal(["3/0", "1/0"]);
    });

    it("refuses cursors, filters and addresses that are none", async () => {
      const api = apiOf(await indexed(), { areas, node });
      for (const path of [
        "/api/txs?cursor=abc",
        "/api/txs?status=maybe",
        "/api/txs?from=0",
        "/api/blocks?limit=101",
        "/api/blocks/x",
        "/api/txs/12",
        `/api/accounts/${OPERATOR}`,
      ]) {
        expect((await api(path)).status, path).to.equal(400);
      }
      const misspelt = A.replace("assay1mq", "assay1qm");
      expect((await api(`/api/accounts/${misspelt}/txs`)).body).to.deep.equal({
        error: { status: 404, message: "This is no address: its checksum does not fit. Is a letter wrong?" },
      });
    });

    it("keeps rows of hostile transactions short", async () => {
      const db = await open(areas);
      const messages = Array.from({ length: 500 }, () => ({
        path: "0",
        typeUrl: `/\u202e${"x".repeat(10_000)}`,
        value: new Uint8Array(),
      }));
      const signers = Array.from({ length: 500 }, () => A);
      await indexBlocks(db, areas, [blockOf({ height: 1, txs: [{ messages, signers, memo: "m".repeat(10_000) }] })]);
      const { body } = await apiOf(db, { areas, node })("/api/txs");
      const [summary] = (body as Page).items;
      expect(summary?.messageCount).to.equal(500);
      expect(JSON.stringify(summary)).to.have.lengthOf.below(7_000);
      expect(JSON.stringify(summary)).not.to.contain("\u202e");
    });
  });

  describe("a block and a transaction in full", () => {
    const registry = createRegistry();
    const HASH = "BB".repeat(32);

    /** Bytes of a transaction with these messages. */
    function txBytes(memo: string): Uint8Array {
      const bodyBytes = registry.encodeTxBody({ messages: [send(A, B)], memo });
      return TxRaw.encode({ bodyBytes, authInfoBytes: new Uint8Array(), signatures: [] }).finish();
    }

    interface StoredTx {
      bytes: Uint8Array;
      code?: number;
      log?: string;
      events?: { type: string; attributes: { key: string; value: string }[] }[];
    }

    /** Keeps blocks as the indexer does, and indexes them. */
    async function store(db: Kysely<Database>, height: number, txs: readonly StoredTx[], signed = true): Promise<void> {
      const block = {
        block_id: { hash: HASH },
        block: {
          header: {
            chain_id: "assay-local-1",
            height: String(height),
            time: `2026-01-01T00:00:0${height}Z`,
            proposer_address: PROPOSER,
            last_block_id: { hash: HASH },
            validators_hash: HASH,
          },
          data: { txs: txs.map(({ bytes }) => Buffer.from(bytes).toString("base64")) },
          last_commit: { signatures: [{ block_id_flag: signed ? 2 : 1, validator_address: signed ? PROPOSER : "" }] },
        },
      };
      const results = {
        height: String(height),
        txs_results: txs.map(({ code = 0, log = "", events = [] }) => ({
          code,
          codespace: code === 0 ? "" : "sdk",
          log,
          gas_wanted: "10",
          gas_used: "8",
          events,
        })),
        finalize_block_events: [{ type: "mint", attributes: [{ key: "amount", value: "1uassay" }] }],
      };
      await db
        .insertInto("raw_block")
        .values({ height, ...(await pack(checkRaw(height, block, results))) })
        .execute();
      const specs = txs.map(({ bytes, code = 0 }) => ({ bytes, code, codespace: code === 0 ? "" : "sdk", signers: [A] }));
      await indexBlocks(db, areas, [blockOf({ height, txs: specs })]);
    }

    const decoder: Decoder = {
      decode(typeUrl): Json | undefined {
        if (typeUrl === "/cosmos.tx.v1beta1.Tx") return { body: { memo: "\u202ehi" } };
        return typeUrl === SEND ? { from_address: A, to_address: B, amount: [{ denom: "uassay", amount: "5" }] } : undefined;
      },
    };

    it("decodes a transaction from the bytes of its block", async () => {
      const db = await open(areas);
      const bytes = txBytes("hi");
      const events = [
        { type: "tx", attributes: [{ key: "fee", value: "7uassay" }] },
        { type: "transfer", attributes: [{ key: "recipient", value: B }, { key: "msg_index", value: "0" }] },
      ];
      await store(db, 2, [{ bytes: txBytes("another") }, { bytes, events }]);
      const hash = createHash("sha256").update(bytes).digest("hex");
      const answer = await apiOf(db, { areas, node, decoder })(`/api/txs/${hash}`);
      const tx = answer.body as Tx;
      expect(answer.status).to.equal(200);
      expect(answer.headers.get("cache-control")).to.contain("immutable");
      expect(tx).to.include({ hash: hash.toUpperCase(), height: 2, index: 1, failure: null, omittedMessages: 0 });
      expect(tx.messages).to.deep.equal([
        {
          path: "0",
          typeUrl: SEND,
          value: { from_address: A, to_address: B, amount: [{ denom: "uassay", amount: "5" }] },
          size: registry.encode(send(A, B)).length,
        },
      ]);
      expect(tx.events).to.deep.equal([
        { message: null, events: [{ type: "tx", attributes: [{ key: "fee", value: "7uassay" }] }] },
        { message: 0, events: [{ type: "transfer", attributes: [{ key: "recipient", value: B }] }] },
      ]);
      expect(tx.decoded).to.deep.equal({ body: { memo: "hi" } });
      expect(tx.raw).to.deep.equal({ size: bytes.length, base64: Buffer.from(bytes).toString("base64") });
    });

    it("says why one failed, and does not hand out many bytes", async () => {
      const db = await open(areas);
      const bytes = txBytes("m".repeat(70_000));
      await store(db, 1, [{ bytes, code: 5, log: "insufficient \u202efunds" }]);
      const hash = createHash("sha256").update(bytes).digest("hex");
      const tx = (await apiOf(db, { areas, node, decoder })(`/api/txs/${hash}`)).body as Tx;
      expect(tx.failure).to.deep.equal({
        reason: "The account has too few coins for it.",
        advice: "Top up the account, or send less. Fees count too.",
        log: "insufficient funds",
      });
      expect(tx.raw).to.deep.equal({ size: bytes.length, base64: null });
    });

    it("shows of the same bytes in several blocks those that succeeded", async () => {
      const db = await open(areas);
      const bytes = txBytes("");
      await store(db, 1, [{ bytes, code: 5 }]);
      const hash = createHash("sha256").update(bytes).digest("hex");
      const api = apiOf(db, { areas, node, decoder });
      expect((await api(`/api/txs/${hash}`)).body).to.include({ height: 1, code: 5 });
      await store(db, 2, [{ bytes }]);
      await store(db, 3, [{ bytes, code: 32 }]);
      expect((await api(`/api/txs/${hash}`)).body).to.include({ height: 2, code: 0 });
    });

    it("shows bytes that are no transaction", async () => {
      const db = await open(areas);
      const bytes = Buffer.from("\xff\xff nonsense", "latin1");
      await store(db, 1, [{ bytes, code: 2 }]);
      const hash = createHash("sha256").update(bytes).digest("hex");
      const tx = (await apiOf(db, { areas, node, decoder: { decode: () => undefined } })(`/api/txs/${hash}`)).body as Tx;
      expect(tx).to.deep.include({ messages: [], events: [], decoded: null, messageCount: 0 });
    });

    it("says that a transaction or block is not there yet", async () => {
      const db = await open(areas);
      await store(db, 2, []);
      const api = apiOf(db, { areas, node, decoder });
      const messageAt = async (path: string) => (await api(path)).body;
      expect(await messageAt(`/api/txs/${HASH}`)).to.deep.equal({
        error: { status: 404, message: "There is no transaction of this hash in any block yet." },
      });
      expect(await messageAt("/api/blocks/7")).to.deep.equal({
        error: { status: 404, message: "There is no block 7 yet: the newest is 2." },
      });
      expect(await messageAt("/api/blocks/1")).to.deep.equal({
        error: { status: 404, message: "Block 1 is from before this explorer's index begins." },
      });
    });

    it("shows a block with its transactions and events; who signed it comes with the next", async () => {
      const db = await open(areas);
      await store(db, 1, [{ bytes: txBytes("") }]);
      const api = apiOf(db, { areas, node, decoder });
      const alone = (await api("/api/blocks/1")).body as Block;
      expect(alone).to.include({ height: 1, newest: 1, signatures: null, omittedEvents: 0 });
      expect(places(alone.transactions)).to.deep.equal(["1/0"]);
      expect(alone.events).to.deep.equal([{ type: "mint", attributes: [{ key: "amount", value: "1uassay" }] }]);
      await store(db, 2, []);
      const { signatures, newest } = (await api("/api/blocks/1")).body as Block;
      expect(newest).to.equal(2);
      expect(signatures).to.deep.equal([{ address: PROPOSER, operator: OPERATOR, moniker: "node 0", signed: true }]);
    });
  });
});

describe("an account now", () => {
  it("is what the node says, with names of validators", async () => {
    const delegation = { operator: OPERATOR, moniker: "", amount: "5", rewards: [] };
    const empty: Account = {
      known: true,
      kind: "account",
      name: null,
      accountNumber: "1",
      sequence: "2",
      balances: [],
      rewards: "0",
      credits: [],
      unbondings: [],
      delegations: [delegation],
      stakingUnbondings: [{ operator: "assayvaloper1gone", moniker: "", amount: "1", completion: "2026-01-01T00:00:00.000Z" }],
      validator: null,
      scorer: null,
      sponsors: [],
      arenas: [],
      models: [],
      services: [],
      channels: [],
      approvals: [],
      cut: [],
    };
    const knows: NodeState = {
      async ask<T>(key: string) {
        if (key === "chain/validators") return node.ask<T>(key, () => Promise.reject(new Error()));
        expect(key).to.equal(`chain/account/${A}`);
        return { value: empty as T, height: 9, stale: true };
      },
    };
    const { body } = await apiOf(await openMemory(areas), { areas, node: knows })(`/api/accounts/${A}`);
    const { value, height, stale } = body as { value: Account; height: number; stale: boolean };
    expect([height, stale]).to.deep.equal([9, true]);
    expect(value.delegations).to.deep.equal([{ ...delegation, moniker: "node 0" }]);
    expect(value.stakingUnbondings[0]?.moniker).to.equal("");
  });
});
