import type { TxResult } from "@assay/client/result";
import type { WalletAccount } from "../wallet/store.ts";
import { FieldError, type Fact, type FormContext, type TransactForm } from "./form.ts";
import { problemOf, type Problem } from "./problems.ts";
import { prepare, submit, type Prepared } from "./send.ts";

/** Where a form stands on its way from being filled in to its effect. */
export type SubmissionState =
  | {
      readonly step: "fill";
      readonly checking: boolean;
      readonly problem: Problem | null;
      /** A field that the chain refuses. */
      readonly refused: { readonly field: string; readonly message: string } | null;
    }
  /** `problem`: why the last attempt to sign came to nothing. */
  | { readonly step: "review"; readonly prepared: Prepared; readonly problem: Problem | null }
  | { readonly step: "sign"; readonly prepared: Prepared }
  | { readonly step: "wait"; readonly prepared: Prepared; readonly hash: string }
  /** `facts` is null until they are read, and empty if that failed. */
  | {
      readonly step: "done";
      readonly prepared: Prepared;
      readonly result: TxResult;
      readonly facts: readonly Fact[] | null;
    }
  | { readonly step: "failed"; readonly prepared: Prepared; readonly problem: Problem };

const EMPTY = {
  step: "fill",
  checking: false,
  problem: null,
  refused: null,
} as const satisfies SubmissionState;

export interface SubmissionParameters {
  form: TransactForm;
  context: FormContext;
  account: WalletAccount;
  /** Replaced in tests. */
  chain?: { prepare: typeof prepare; submit: typeof submit };
}

/** One form of one account, from its values to its effect. Asked for something out of turn, it does nothing. */
export class Submission {
  readonly #p: Required<SubmissionParameters>;
  readonly #listeners = new Set<() => void>();
  #state: SubmissionState = EMPTY;
  #following: AbortController | undefined;

  constructor(parameters: SubmissionParameters) {
    this.#p = { chain: { prepare, submit }, ...parameters };
  }

  readonly getState = (): SubmissionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(state: SubmissionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  /** Lets the chain try out values that the form's schema has read; then they can be reviewed. */
  async check(values: object): Promise<void> {
    if (this.#state.step !== "fill" || this.#state.checking) return;
    const { form, context, account, chain } = this.#p;
    this.#set({ ...EMPTY, checking: true });
    try {
      const plan = await form.plan(values, context);
      this.#set({ step: "review", prepared: await chain.prepare(plan, context, account), problem: null });
    } catch (error) {
      if (error instanceof FieldError)
        this.#set({ ...EMPTY, refused: { field: error.field, message: error.message } });
      else this.#set({ ...EMPTY, problem: problemOf(error) });
    }
  }

  /** Back from the review, or from a result, to the form. */
  edit(): void {
    const { step } = this.#state;
    if (step === "review" || step === "done" || step === "failed") this.#set(EMPTY);
  }

  /** Signs and sends what was reviewed, and follows it. */
  async send(): Promise<void> {
    if (this.#state.step !== "review") return;
    const { prepared } = this.#state;
    const { context, account, chain } = this.#p;
    this.#following = new AbortController();
    this.#set({ step: "sign", prepared });
    let sent = false;
    try {
      const result = await chain.submit(prepared, context, account, {
        signing: () => this.#set({ step: "sign", prepared }),
        sent: (hash) => {
          sent = true;
          this.#set({ step: "wait", prepared, hash });
        },
        signal: this.#following.signal,
      });
      this.#set({ step: "done", prepared, result, facts: null });
      const facts = await prepared.plan.outcome(result).catch(() => []);
      this.#set({ step: "done", prepared, result, facts });
    } catch (error) {
      const problem = problemOf(error);
      this.#set(sent ? { step: "failed", prepared, problem } : { step: "review", prepared, problem });
    }
  }

  /** Ends the following of what was sent. */
  stopFollowing(): void {
    this.#following?.abort();
  }
}
