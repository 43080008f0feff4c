import type { Program } from "@assay/client/intonnx/check";
import { answerChallenge, convictionOf, type Conviction } from "@assay/client/market/challenge";
import type { InferReturnType, Quote, Resumed } from "@assay/client/market/buyer";
import { rerunReceipt, type WrongAnswer } from "@assay/client/market/receipt";
import type { ReceiptFile } from "@assay/client/market/x402";
import { BASE_DENOM } from "@assay/client/messages";
import { AssayError, NotFoundError } from "@assay/client/errors";
import { sleep } from "@assay/client/sleep";
import { toHex } from "@cosmjs/encoding";
import type { WalletAccount } from "../wallet/use-wallet.ts";
import type { Buying, OpenBuyingParameters } from "./buying.ts";
import { OutOfFundsError, problemOf, type Problem } from "./problems.ts";
import { failed, observed, type Observation, type Step } from "./steps.ts";

/** What the playground needs of a service. */
export interface PlayedService {
  readonly id: bigint;
  /** Id in lower-case hex; null when nobody can verify its answers. */
  readonly modelHex: string | null;
  /** It asks for no payment, so that no account is needed. */
  readonly free: boolean;
}

/** What the playground needs of a model that runs here. */
export interface PlayedModel {
  readonly program: Program;
  run(items: Uint8Array, count: number): Promise<Int32Array>;
  close(): void;
}

export interface PlaygroundParameters {
  service: PlayedService;
  openBuying(parameters: OpenBuyingParameters): Promise<Buying>;
  openModel(parameters: { modelHex: string; signal: AbortSignal }): Promise<PlayedModel>;
  /** Undefined where there is no faucet. */
  askFaucet: ((address: string, signal: AbortSignal) => Promise<unknown>) | undefined;
  now(): number;
}

/** Whether this browser can run the model. */
export type ModelState =
  | { kind: "none" }
  | { kind: "loading" }
  | { kind: "ready" }
  /** The chain has deleted the file. */
  | { kind: "gone" }
  | { kind: "failed"; text: string };

/** What running the model here says about an answer. Outputs are of the one item. */
export type Verdict =
  | { kind: "identical"; expected: Int32Array; ms: number }
  | { kind: "wrong"; expected: Int32Array; wrong: WrongAnswer; ms: number }
  | { kind: "unverified"; why: string };

/** The way of a wrong answer to its end. */
export type Proof =
  | { kind: "sending" }
  | { kind: "closing"; conviction: Conviction; hash: string }
  /** `returned`: base units of the deposit; undefined when the channel could not be closed from here. */
  | { kind: "done"; conviction: Conviction; hash: string; returned: bigint | undefined }
  /** The chain ran the model and found the answer right. */
  | { kind: "refused"; hash: string }
  | { kind: "failed"; problem: Problem };

export interface Answered {
  readonly outputs: Int32Array;
  readonly receiptFile: ReceiptFile | undefined;
  /** Base units; undefined for an answer that was paid for before the page was closed. */
  readonly paid: bigint | undefined;
  /** Undefined while the model runs. */
  readonly verdict: Verdict | undefined;
}

/** One question. */
export interface Run {
  readonly item: Uint8Array;
  readonly steps: readonly Step[];
  readonly running: boolean;
  readonly answered: Answered | undefined;
  readonly problem: Problem | undefined;
  readonly proof: Proof | undefined;
}

export interface PlayState {
  readonly model: ModelState;
  /** What the next call costs and locks; undefined until an account is connected. */
  readonly quote: Quote | undefined;
  /** Why there is no quote. */
  readonly problem: Problem | undefined;
  readonly run: Run | undefined;
}

/** For the fee of the deposit, in uassay. */
const FEE_ROOM = 10_000n;
const COINS_POLL_MS = 400;
const COINS_TIMEOUT_MS = 20_000;

/** Asks one service, outside of React: see `usePlayground`. */
export class Playground {
  readonly #p: PlaygroundParameters;
  readonly #ended = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #model: Promise<PlayedModel> | undefined;
  #state: PlayState;
  /** Who pays; empty for nobody, undefined while nobody is known. */
  #address: string | undefined;
  /** Resolves once there is an account; questions may wait for it. */
  #buying = Promise.withResolvers<Buying>();
  #opened = false;
  #endBuying = new AbortController();

  constructor(parameters: PlaygroundParameters) {
    this.#p = parameters;
    const { modelHex } = parameters.service;
    const model: ModelState = { kind: modelHex === null ? "none" : "loading" };
    this.#state = { model, quote: undefined, problem: undefined, run: undefined };
    if (modelHex !== null) this.#model = this.#openModel(modelHex);
  }

  readonly getState = (): PlayState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(change: Partial<PlayState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #setRun(change: Partial<Run>): void {
    if (this.#state.run) this.#set({ run: { ...this.#state.run, ...change } });
  }

  /** Ends everything that is under way. What was paid is asked for again by the next visit. */
  close(): void {
    this.#ended.abort();
  }

  #openModel(modelHex: string): Promise<PlayedModel> {
    const opening = this.#p.openModel({ modelHex, signal: this.#ended.signal });
    opening.then(
      () => this.#set({ model: { kind: "ready" } }),
      (error: unknown) =>
        this.#set({
          model:
            error instanceof NotFoundError
              ? { kind: "gone" }
              : { kind: "failed", text: problemOf(error).text },
        }),
    );
    return opening;
  }

  /** Says who pays from now on. Null for nobody, which is enough for a free service. */
  setAccount(account: WalletAccount | null): void {
    const address = account?.address ?? (this.#p.service.free ? "" : undefined);
    if (address === this.#address) return;
    this.#address = address;
    this.#endBuying.abort();
    this.#endBuying = new AbortController();
    this.#set({ quote: undefined, problem: undefined });
    if (this.#opened) this.#buying = Promise.withResolvers();
    this.#opened = address !== undefined;
    if (this.#opened) this.#open(account, AbortSignal.any([this.#ended.signal, this.#endBuying.signal]));
  }

  #open(account: WalletAccount | null, signal: AbortSignal): void {
    const { promise, resolve, reject } = this.#buying;
    this.#p.openBuying({ account, observe: (seen) => this.#observe(seen), signal }).then(resolve, reject);
    const begin = async (): Promise<void> => {
      const buying = await promise;
      await this.#quote(buying);
      await this.#resume(await buying.buyer.resume(signal));
    };
    begin().catch((error: unknown) => {
      if (!signal.aborted) this.#set({ problem: problemOf(error) });
    });
  }

  /** Shows and checks an answer that was paid for before the page was closed, and came now. */
  async #resume(resumed: readonly Resumed[]): Promise<void> {
    const { answer } =
      resumed.findLast(({ service, answer }) => service === this.#p.service.id && answer) ?? {};
    const [item] = answer?.items ?? [];
    if (!answer || !item || this.#state.run) return;
    this.#begin(item);
    await this.#check(item, { ...answer, paid: undefined });
    this.#setRun({ running: false });
  }

  #begin(item: Uint8Array): void {
    this.#set({
      run: { item, steps: [], running: true, answered: undefined, problem: undefined, proof: undefined },
    });
  }

  /** Connects again after a failure, with the same account. */
  reopen(account: WalletAccount | null): void {
    this.#address = undefined;
    this.setAccount(account);
  }

  async #quote({ buyer }: Buying): Promise<void> {
    try {
      this.#set({ quote: await buyer.quote({ service: this.#p.service.id }), problem: undefined });
    } catch (error) {
      this.#set({ quote: undefined, problem: problemOf(error) });
    }
  }

  #observe(observation: Observation): void {
    const { run } = this.#state;
    if (run?.running) this.#setRun({ steps: observed(run.steps, observation) });
  }

  /**
   * Asks, pays at most `price` base units if need be, and checks the answer. Never throws: the state says what came of
   * it. Waits for an account if there is none yet.
   */
  async ask(item: Uint8Array, price: bigint): Promise<void> {
    if (this.#state.run?.running) return;
    this.#begin(item);
    const { signal } = this.#ended;
    let buying: Buying | undefined;
    try {
      buying = await this.#buying.promise;
      await this.#getCoins(buying);
      const { id } = this.#p.service;
      const result = await buying.buyer.infer({ service: id, items: [item], maxPrice: price, signal });
      this.#observe({ step: "receipt", what: "ends", at: this.#p.now() });
      await this.#check(item, result);
      this.#setRun({ running: false });
    } catch (error) {
      if (signal.aborted) return;
      const { run } = this.#state;
      this.#setRun({
        running: false,
        problem: problemOf(error),
        steps: failed(run?.steps ?? [], this.#p.now()),
      });
    }
    if (buying) await this.#quote(buying);
  }

  /** Makes sure that the first deposit can be paid, with coins of the faucet where there is one. */
  async #getCoins({ buyer, balance }: Buying): Promise<void> {
    const { service, askFaucet, now } = this.#p;
    const { signal } = this.#ended;
    const { first, denom } = await buyer.quote({ service: service.id });
    if (first.kind === "nothing" || denom !== BASE_DENOM) return;
    const has = await balance();
    if (has >= first.amount + FEE_ROOM) return;
    if (!askFaucet) {
      if (has < first.amount) throw new OutOfFundsError("too few coins");
      return;
    }
    this.#observe({ step: "coins", what: "begins", at: now() });
    await askFaucet(this.#address ?? "", signal);
    for (const deadline = now() + COINS_TIMEOUT_MS; (await balance()) < first.amount;) {
      if (now() > deadline) throw new OutOfFundsError("the faucet's coins did not arrive");
      await sleep(COINS_POLL_MS, signal);
    }
    this.#observe({ step: "coins", what: "ends", at: now() });
  }

  /** Runs the model on the same bytes. */
  async #check(
    item: Uint8Array,
    { outputs, receiptFile, paid }: Pick<Answered, "receiptFile" | "paid"> & Pick<InferReturnType, "outputs">,
  ): Promise<void> {
    const [answer = new Int32Array()] = outputs;
    const answered = { outputs: answer, receiptFile, paid };
    this.#setRun({ answered: { ...answered, verdict: undefined } });
    this.#setRun({ answered: { ...answered, verdict: await this.#verdictOf(item, answer, receiptFile) } });
  }

  async #verdictOf(item: Uint8Array, answer: Int32Array, file: ReceiptFile | undefined): Promise<Verdict> {
    if (!this.#model)
      return { kind: "unverified", why: "The service names no exact model, so nobody can check it." };
    let model: PlayedModel;
    try {
      model = await this.#model;
    } catch (error) {
      const why =
        this.#state.model.kind === "gone"
          ? "The model's file is gone from the chain, so that it cannot be run again."
          : `This browser cannot run the model: ${problemOf(error).text}`;
      return { kind: "unverified", why };
    }
    const startedAt = this.#p.now();
    this.#observe({ step: "rerun", what: "begins", at: startedAt });
    let expected: Int32Array;
    try {
      expected = await model.run(item, 1);
    } catch (error) {
      this.#observe({ step: "rerun", what: "fails", at: this.#p.now() });
      return { kind: "unverified", why: `This browser could not run the model: ${problemOf(error).text}` };
    }
    const ms = this.#p.now() - startedAt;
    const same = expected.length === answer.length && expected.every((value, i) => value === answer[i]);
    if (same) {
      this.#observe({ step: "rerun", what: "ends", at: this.#p.now() });
      return { kind: "identical", expected, ms };
    }
    this.#observe({ step: "rerun", what: "fails", at: this.#p.now() });
    // A second program, in other words, before anybody is accused.
    const wrong = file && rerunReceipt(model.program, file);
    if (!wrong)
      return { kind: "unverified", why: "This browser's runtime and our own interpreter disagree." };
    return { kind: "wrong", expected, wrong, ms };
  }

  /** Proves a wrong answer to the chain, and takes back what is left in the channel. Never throws. */
  async prove(): Promise<void> {
    const { answered } = this.#state.run ?? {};
    const file = answered?.receiptFile;
    if (answered?.verdict?.kind !== "wrong" || !file) return;
    this.#setRun({ proof: { kind: "sending" } });
    try {
      const buying = await this.#buying.promise;
      const { sender } = buying;
      const result = await sender.send([answerChallenge(sender.address, file, answered.verdict.wrong.index)]);
      const { hash } = result;
      const conviction = convictionOf(result);
      if (!conviction) return this.#setRun({ proof: { kind: "refused", hash } });
      this.#setRun({ proof: { kind: "closing", conviction, hash } });
      this.#setRun({ proof: { kind: "done", conviction, hash, returned: await closeFor(buying, file) } });
    } catch (error) {
      this.#setRun({ proof: { kind: "failed", problem: problemOf(error) } });
    }
  }
}

/** Takes back what is left in the channel of a receipt: at once, since its service is convicted. */
async function closeFor({ buyer, returned }: Buying, { receipt }: ReceiptFile): Promise<bigint | undefined> {
  // A free call had no channel.
  if (receipt.amount === 0n) return 0n;
  const channel = toHex(receipt.channel);
  try {
    await buyer.close(channel);
    return await returned(channel);
  } catch (error) {
    // The proof stands; the channel can be closed later, from its page.
    if (error instanceof AssayError) return undefined;
    throw error;
  }
}
