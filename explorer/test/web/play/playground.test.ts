import { readFile } from "node:fs/promises";
import { ChainUnreachableError, NotFoundError } from "@assay/client/errors";
import { EventServiceConvicted } from "@assay/client/generated/assay/marketplace/v1/events";
import {
  type MsgChallengeAnswer,
  MsgChallengeAnswerResponse,
} from "@assay/client/generated/assay/marketplace/v1/tx";
import { check } from "@assay/client/intonnx/check";
import { itemBytes, run } from "@assay/client/intonnx/run";
import type { Buyer, InferReturnType, Quote, Resumed } from "@assay/client/market/buyer";
import { PriceTooHighError, ProviderUnreachableError } from "@assay/client/market/buyer-errors";
import type { ReceiptFile } from "@assay/client/market/x402";
import type { TxResult } from "@assay/client/result";
import { expect } from "chai";
import type { Buying, OpenBuyingParameters } from "../../../web/src/play/buying.ts";
import { Playground, type PlayedModel, type PlaygroundParameters } from "../../../web/src/play/playground.ts";
import type { WalletAccount } from "../../../web/src/wallet/use-wallet.ts";

const file = await readFile(new URL("../../../../models/spam/words-4.onnx", import.meta.url));
const program = check(file);
const ITEM = new Uint8Array(itemBytes(program.info.input)).fill(1);
const RIGHT = run(program, ITEM);
const WRONG = RIGHT.map((value, i) => (i === 0 ? value + 1 : value));
const ACCOUNT = { address: "assay1payer" } as WalletAccount;
const CHANNEL = new Uint8Array(32).fill(3);

/** What a buyer answers, and everything it was asked. */
class FakeBuying {
  outputs = RIGHT;
  coins = 1_000_000n;
  error: Error | undefined;
  /** Why channels cannot be closed. */
  closing: Error | undefined;
  convicts = true;
  resumed: Resumed[] = [];
  readonly asked: { item: Uint8Array; maxPrice: bigint | undefined }[] = [];
  readonly sent: MsgChallengeAnswer[] = [];
  readonly closed: string[] = [];
  opened = 0;
  faucet = 0;

  readonly open = async ({ observe, signal }: OpenBuyingParameters): Promise<Buying> => {
    this.opened++;
    const buyer: Partial<Buyer> = {
      quote: async () => ({ first: { kind: "open", amount: 20_000n }, denom: "uassay" }) as Quote,
      resume: async () => this.resumed,
      infer: async ({ items, maxPrice }) => {
        this.asked.push({ item: items[0]!, maxPrice });
        observe({ step: "answer", what: "begins", at: 1 });
        if (this.error) throw this.error;
        observe({ step: "answer", what: "ends", at: 4 });
        return this.answer();
      },
      close: async (channel) => {
        if (this.closing) throw this.closing;
        this.closed.push(channel);
        return undefined;
      },
    };
    signal.addEventListener("abort", () => this.opened--);
    return {
      buyer: buyer as Buyer,
      sender: {
        address: ACCOUNT.address,
        send: async ([message]) => this.#convict(message!.value as MsgChallengeAnswer),
      },
      balance: async () => this.coins,
      returned: async () => 19_800n,
      close: () => undefined,
    };
  };

  answer(): InferReturnType {
    const receipt = { channel: CHANNEL, amount: 200n, items: 1 } as ReceiptFile["receipt"];
    const receiptFile = {
      receipt,
      model: Uint8Array.from(Buffer.from(program.info.sha256, "hex")),
      items: [ITEM],
      outputs: [this.outputs],
    } as Partial<ReceiptFile> as ReceiptFile;
    return { outputs: [this.outputs], receiptFile, paid: 200n, callsLeft: 99n } as InferReturnType;
  }

  #convict(message: MsgChallengeAnswer): TxResult {
    this.sent.push(message);
    const value = MsgChallengeAnswerResponse.encode({ convicted: this.convicts }).finish();
    const coin = (amount: string) => ({ denom: "uassay", amount });
    const event = EventServiceConvicted.toJSON(
      EventServiceConvicted.fromPartial({ service: 1n, slashed: coin("100"), reward: coin("10") }),
    ) as Record<string, unknown>;
    const attributes = Object.entries(event).map(([key, part]) => ({ key, value: JSON.stringify(part) }));
    return {
      hash: "AB",
      height: 1,
      gasUsed: 1n,
      msgResponses: [{ typeUrl: "", value }],
      events: this.convicts ? [{ type: "assay.marketplace.v1.EventServiceConvicted", attributes }] : [],
    };
  }
}

describe("the playground", () => {
  let buying: FakeBuying;
  let model: PlayedModel;

  beforeEach(() => {
    buying = new FakeBuying();
    model = { program, run: async (items) => run(program, items), close: () => undefined };
  });

  function playgroundOf(more: Partial<PlaygroundParameters> = {}): Playground {
    return new Playground({
      service: { id: 1n, modelHex: program.info.sha256, free: false },
      openBuying: buying.open,
      openModel: async () => model,
      askFaucet: undefined,
      now: () => 0,
      ...more,
    });
  }

  it("finds a right answer identical, and pays no more than what was shown", async () => {
    const playground = playgroundOf();
    playground.setAccount(ACCOUNT);
    await playground.ask(ITEM, 200n);
    const { run: done } = playground.getState();
    expect(buying.asked).to.deep.equal([{ item: ITEM, maxPrice: 200n }]);
    expect(done?.answered?.verdict).to.deep.include({ kind: "identical", expected: RIGHT });
    expect(done?.steps.map(({ name, state, ms }) => [name, state, ms])).to.deep.equal([
      ["answer", "done", 3],
      ["rerun", "done", 0],
    ]);
    expect(done).to.deep.include({ running: false, problem: undefined });
  });

  it("proves a wrong answer, and takes back what is left", async () => {
    buying.outputs = WRONG;
    const playground = playgroundOf();
    playground.setAccount(ACCOUNT);
    await playground.ask(ITEM, 200n);
    expect(playground.getState().run?.answered?.verdict).to.deep.include({ kind: "wrong", expected: RIGHT });
    await playground.prove();
    expect(buying.sent).to.have.length(1);
    expect(buying.sent[0]?.input).to.deep.equal(ITEM);
    expect(buying.closed).to.deep.equal(["03".repeat(32)]);
    expect(playground.getState().run?.proof).to.deep.include({ kind: "done", hash: "AB", returned: 19_800n });
  });

  it("says so when the chain finds the answer right", async () => {
    buying.outputs = WRONG;
    buying.convicts = false;
    const playground = playgroundOf();
    playground.setAccount(ACCOUNT);
    await playground.ask(ITEM, 200n);
    await playground.prove();
    expect(playground.getState().run?.proof).to.deep.equal({ kind: "refused", hash: "AB" });
    expect(buying.closed).to.deep.equal([]);
  });

  it("keeps a conviction whose channel cannot be closed from here", async () => {
    buying.outputs = WRONG;
    buying.closing = new ChainUnreachableError("http://x", undefined);
    const playground = playgroundOf();
    playground.setAccount(ACCOUNT);
    await playground.ask(ITEM, 200n);
    await playground.prove();
    expect(playground.getState().run?.proof).to.deep.include({ kind: "done", returned: undefined });
  });

  it("accuses nobody when the runtime alone disagrees", async () => {
    model = { ...model, run: async () => WRONG };
    const playground = playgroundOf();
    playground.setAccount(ACCOUNT);
    await playground.ask(ITEM, 200n);
    expect(playground.getState().run?.answered?.verdict?.kind).to.equal("unverified");
    await playground.prove();
    expect(buying.sent).to.deep.equal([]);
  });

  it("still shows an answer whose model's file is gone", async () => {
    const playground = playgroundOf({
      openModel: () => Promise.reject(new NotFoundError("/ModelFile", 22, "sdk", "gone")),
    });
    playground.setAccount(ACCOUNT);
    await playground.ask(ITEM, 200n);
    expect(playground.getState().model).to.deep.equal({ kind: "gone" });
    const { verdict, outputs } = playground.getState().run?.answered ?? {};
    expect(outputs).to.deep.equal(RIGHT);
    expect(verdict).to.deep.include({ kind: "unverified" });
  });

  it("takes coins from the faucet when the account has too few, and not when it has enough", async () => {
    const askFaucet = async (address: string): Promise<void> => {
      expect(address).to.equal(ACCOUNT.address);
      buying.faucet++;
      buying.coins = 5_000_000n;
    };
    const playground = playgroundOf({ askFaucet });
    buying.coins = 0n;
    playground.setAccount(ACCOUNT);
    await playground.ask(ITEM, 200n);
    await playground.ask(ITEM, 200n);
    expect(buying.faucet).to.equal(1);
    expect(playground.getState().run?.answered).to.be.an("object");
  });

  it("asks nobody when there are too few coins and no faucet", async () => {
    buying.coins = 19_999n;
    const playground = playgroundOf();
    playground.setAccount(ACCOUNT);
    await playground.ask(ITEM, 200n);
    expect(playground.getState().run?.problem?.title).to.equal("Not enough coins");
    expect(buying.asked).to.deep.equal([]);
  });

  for (const [error, title, remedy] of [
    [new ProviderUnreachableError(1n, "http://x", undefined), "The provider is away", "retry"],
    [new PriceTooHighError(1n, "uassay", 300n, 200n), "The price has changed", "look-again"],
    [new Error("Request rejected"), "Not signed", "retry"],
  ] as const) {
    it(`says in words: ${title}`, async () => {
      buying.error = error;
      const playground = playgroundOf();
      playground.setAccount(ACCOUNT);
      await playground.ask(ITEM, 200n);
      const { run: done } = playground.getState();
      expect(done?.problem).to.deep.include({ title, remedy });
      expect(done).to.deep.include({ running: false });
      expect(done?.steps.at(-1)?.state).to.equal("failed");
    });
  }

  it("checks an answer that was paid for before the page was closed", async () => {
    const { outputs, receiptFile, receipt } = buying.answer();
    const where = { channel: "03".repeat(32), lane: 0, error: undefined };
    buying.resumed = [
      { ...where, service: 1n, answer: { outputs, receipt, receiptFile, items: [ITEM] } },
      { ...where, service: 2n, answer: { outputs: [WRONG], receipt, receiptFile, items: [ITEM] } },
    ];
    const playground = playgroundOf();
    const done = Promise.withResolvers<void>();
    playground.subscribe(() => {
      if (playground.getState().run?.running === false) done.resolve();
    });
    playground.setAccount(ACCOUNT);
    await done.promise;
    expect(playground.getState().run?.answered).to.deep.include({ outputs: RIGHT, paid: undefined });
    expect(playground.getState().run?.answered?.verdict).to.deep.include({ kind: "identical" });
    expect(buying.asked).to.deep.equal([]);
  });

  it("waits for an account, and lets one go when another comes", async () => {
    const playground = playgroundOf();
    playground.setAccount(null);
    const asking = playground.ask(ITEM, 200n);
    expect(buying.opened).to.equal(0);
    playground.setAccount(ACCOUNT);
    await asking;
    playground.setAccount({ ...ACCOUNT, address: "assay1other" });
    expect(buying.opened).to.equal(1);
    playground.close();
    expect(buying.opened).to.equal(0);
  });

  it("asks a free service without an account", async () => {
    const playground = playgroundOf({ service: { id: 1n, modelHex: null, free: true } });
    playground.setAccount(null);
    await playground.ask(ITEM, 0n);
    expect(playground.getState().run?.answered?.verdict).to.deep.include({ kind: "unverified" });
  });
});
