import { ChainUnreachableError, TxFailedError, TxTimeoutError } from "@assay/client/errors";
import type { TxResult } from "@assay/client/result";
import { expect } from "chai";
import { z } from "zod";
import { defineForm, FieldError, initialValues, type Plan } from "../../../web/src/transact/form.ts";
import { Submission, type SubmissionState } from "../../../web/src/transact/submission.ts";
import type { Prepared, submit } from "../../../web/src/transact/send.ts";
import type { WalletAccount } from "../../../web/src/wallet/store.ts";
import { ALICE, contextOf } from "./support.ts";

const ACCOUNT: WalletAccount = {
  address: ALICE,
  kind: "keplr",
  name: "alice",
  pubkey: new Uint8Array(33),
  signer: { getAccounts: () => Promise.resolve([]), signDirect: () => Promise.reject(new Error("not used")) },
  signMode: "direct",
  ledger: false,
};

const RESULT: TxResult = { hash: "AB", height: 7, gasUsed: 1n, events: [], msgResponses: [] };

const plan: Plan = {
  messages: [],
  effect: ["It does something."],
  spends: [],
  outcome: () => Promise.resolve([{ label: "Now", value: "done" }]),
};

/** A form, and what its transaction does; every step it goes through is written down. */
function submissionOf(parts: {
  plan?: () => Promise<Plan>;
  prepare?: () => Promise<Prepared>;
  submit?: typeof submit;
}): { submission: Submission; steps: string[] } {
  const form = defineForm({
    id: "trial",
    group: "Coins",
    title: "Trial",
    lead: "Tries.",
    action: "Review",
    fields: [{ name: "to", label: "To", initial: "x", input: { kind: "text" } }],
    schema: () => z.object({}),
    plan: parts.plan ?? (() => Promise.resolve(plan)),
  });
  const submission = new Submission({
    form,
    context: contextOf(),
    account: ACCOUNT,
    chain: {
      prepare:
        parts.prepare ?? (() => Promise.resolve({ plan, gas: 1, fee: { denom: "uassay", amount: 0n } })),
      submit: parts.submit ?? (() => Promise.resolve(RESULT)),
    },
  });
  const steps: string[] = [];
  submission.subscribe(() => {
    const state = submission.getState();
    steps.push(state.step === "fill" && state.checking ? "check" : state.step);
  });
  return { submission, steps };
}

const problem = (state: SubmissionState): string | undefined =>
  "problem" in state ? state.problem?.title : undefined;

describe("a submission", () => {
  it("goes from the form to the effect", async () => {
    const { submission, steps } = submissionOf({
      submit: (_, __, ___, { signing, sent }) => {
        signing();
        sent("AB");
        return Promise.resolve(RESULT);
      },
    });
    await submission.check({});
    expect(submission.getState().step).to.equal("review");
    await submission.send();
    expect(steps).to.deep.equal(["check", "review", "sign", "sign", "wait", "done", "done"]);
    const state = submission.getState();
    expect(state.step === "done" && state.facts).to.deep.equal([{ label: "Now", value: "done" }]);
  });

  it("is sent once, however often it is asked", async () => {
    let sent = 0;
    const { promise, resolve } = Promise.withResolvers<TxResult>();
    const { submission } = submissionOf({
      submit: () => {
        sent++;
        return promise;
      },
    });
    await submission.send();
    expect(sent, "not before the review").to.equal(0);
    await Promise.all([submission.check({}), submission.check({})]);
    const all = [submission.send(), submission.send()];
    void submission.send();
    submission.edit();
    expect(submission.getState().step).to.equal("sign");
    resolve(RESULT);
    await Promise.all(all);
    await submission.send();
    expect(sent).to.equal(1);
  });

  it("goes back to the form with the field that the chain refuses", async () => {
    const { submission } = submissionOf({
      plan: () => Promise.reject(new FieldError("to", "Nobody there.")),
    });
    await submission.check({});
    const state = submission.getState();
    expect(state.step === "fill" && state.refused).to.deep.equal({ field: "to", message: "Nobody there." });
  });

  it("goes back to the form with why the chain refuses it", async () => {
    const { submission, steps } = submissionOf({
      prepare: () =>
        Promise.reject(new TxFailedError({ stage: "simulate", log: "claim of x: nothing to claim" })),
    });
    await submission.check({});
    expect(steps).to.deep.equal(["check", "fill"]);
    expect(problem(submission.getState())).to.equal("Nothing to claim");
  });

  it("stays at the review when the wallet says no", async () => {
    const { submission } = submissionOf({ submit: () => Promise.reject(new Error("Request rejected")) });
    await submission.check({});
    await submission.send();
    expect(submission.getState().step).to.equal("review");
    expect(problem(submission.getState())).to.equal("Rejected in the wallet");
  });

  for (const [what, error, title] of [
    [
      "failed in a block",
      new TxFailedError({ stage: "deliver", log: "boom", hash: "AB" }),
      "The transaction failed",
    ],
    ["expired", new TxTimeoutError("AB", "up to height 9"), "The transaction expired"],
    ["lost its node", new ChainUnreachableError("http://here"), "The node does not answer"],
  ] as const)
    it(`tells that what was sent ${what}`, async () => {
      const { submission } = submissionOf({
        submit: (_, __, ___, { sent }) => {
          sent("AB");
          return Promise.reject(error);
        },
      });
      await submission.check({});
      await submission.send();
      expect(submission.getState().step).to.equal("failed");
      expect(problem(submission.getState())).to.equal(title);
      submission.edit();
      expect(submission.getState().step).to.equal("fill");
    });

  it("is done even when its effect cannot be read", async () => {
    const { submission } = submissionOf({
      prepare: () =>
        Promise.resolve({
          plan: { ...plan, outcome: () => Promise.reject(new Error("away")) },
          gas: 1,
          fee: { denom: "uassay", amount: 0n },
        }),
    });
    await submission.check({});
    await submission.send();
    const state = submission.getState();
    expect(state.step === "done" && state.facts).to.deep.equal([]);
  });
});

describe("values from a page's address", () => {
  const form = defineForm({
    id: "trial",
    group: "Coins",
    title: "Trial",
    lead: "Tries.",
    action: "Review",
    fields: [
      { name: "to", label: "To", input: { kind: "text" } },
      { name: "lanes", label: "Lanes", initial: "16", input: { kind: "text" } },
    ],
    schema: () => z.object({}),
    plan: () => Promise.resolve(plan),
  });

  it("fill only fields that are there, with texts of a sane length", () => {
    expect(initialValues(form, { to: " assay1x ", other: "1", __proto__: "x" })).to.deep.equal({
      to: "assay1x",
      lanes: "16",
    });
    expect(initialValues(form, { to: "x".repeat(513), lanes: ["1"] })).to.deep.equal({ to: "", lanes: "16" });
  });
});
