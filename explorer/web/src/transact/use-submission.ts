import { useMemo, useSyncExternalStore } from "react";
import type { WalletAccount } from "../wallet/store.ts";
import type { FormContext, TransactForm } from "./form.ts";
import { Submission, type SubmissionState } from "./submission.ts";

/** A form's way to its effect; a new one for another form or account. */
export function useSubmission(
  form: TransactForm,
  context: FormContext,
  account: WalletAccount,
): { state: SubmissionState; submission: Submission } {
  const submission = useMemo(() => new Submission({ form, context, account }), [form, context, account]);
  return { state: useSyncExternalStore(submission.subscribe, submission.getState), submission };
}
