import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect, useId, useMemo, useRef, type ReactNode } from "react";
import { useForm, type UseFormReturn } from "react-hook-form";
import { Button, LinkButton, TextLink } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { Field } from "../components/field.tsx";
import { Facts } from "../components/stat.tsx";
import { TxHash } from "../components/values.tsx";
import type { WalletAccount } from "../wallet/store.ts";
import { TestKeyWarning } from "../wallet/test-key-warning.tsx";
import { useBalance } from "../wallet/use-balance.ts";
import { useFaucet } from "../wallet/use-faucet.ts";
import { describeMessage } from "./describe.ts";
import type { Field as FormField, FormContext, RawValues, TransactForm } from "./form.ts";
import { FieldInput } from "./inputs.tsx";
import type { Problem } from "./problems.ts";
import type { Prepared } from "./send.ts";
import type { Submission, SubmissionState } from "./submission.ts";
import { formatIn, unitOf } from "./units.ts";
import { useSubmission } from "./use-submission.ts";

interface FormViewProps {
  form: TransactForm;
  context: FormContext;
  account: WalletAccount;
  /** What stands in the fields at the start. */
  initial: RawValues;
}

/** A form from its empty fields to the effect of its transaction. */
export function FormView({ form, context, account, initial }: FormViewProps): ReactNode {
  const { state, submission } = useSubmission(form, context, account);
  const schema = useMemo(() => form.schema(context), [form, context]);
  const fields = useForm<RawValues, unknown, object>({
    resolver: zodResolver(schema),
    defaultValues: { ...initial },
    mode: "onTouched",
  });
  const { trigger, setError } = fields;
  useEffect(() => {
    // What the address of the page brought is checked at once.
    for (const { name } of form.fields) if (initial[name]) void trigger(name);
  }, [form, initial, trigger]);
  const refused = state.step === "fill" ? state.refused : null;
  useEffect(() => {
    if (refused) setError(refused.field, { message: refused.message }, { shouldFocus: true });
  }, [refused, setError]);
  const steps = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What was pressed is gone; readers go on where the next step is.
    steps.current?.focus();
  }, [state.step]);
  return (
    <div className="grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-5">
      {account.kind === "dev" ? <TestKeyWarning /> : null}
      <div hidden={state.step !== "fill"}>
        <Fill
          form={form}
          context={context}
          fields={fields}
          state={state}
          check={(values) => submission.check(values)}
        />
      </div>
      {state.step === "fill" ? null : (
        <div ref={steps} tabIndex={-1} className="scroll-mt-20 outline-none">
          <Steps context={context} account={account} state={state} submission={submission} />
        </div>
      )}
    </div>
  );
}

function Fill({
  form,
  context,
  fields,
  state,
  check,
}: {
  form: TransactForm;
  context: FormContext;
  fields: UseFormReturn<RawValues, unknown, object>;
  state: SubmissionState;
  check(values: object): Promise<void>;
}): ReactNode {
  const checking = state.step === "fill" && state.checking;
  const problem = state.step === "fill" ? state.problem : null;
  const values = fields.watch();
  const spends = form.fields.some(({ input }) => input.kind === "amount");
  return (
    <Card>
      <form
        noValidate
        className="grid gap-4"
        aria-label={form.title}
        onSubmit={(event) => void fields.handleSubmit(check)(event)}
      >
        {form.fields
          .filter(({ matters }) => matters?.(values) ?? true)
          .map((field) => (
            <OneField key={field.name} field={field} fields={fields} values={values} context={context} />
          ))}
        {spends ? <Spendable context={context} /> : null}
        <ProblemBox problem={problem} context={context} />
        <div className="flex items-center gap-3">
          <Button type="submit" kind="primary" disabled={checking}>
            {checking ? "Asking the chain…" : form.action}
          </Button>
          <p className="text-sm text-muted">Nothing is sent before you have seen what it does.</p>
        </div>
      </form>
    </Card>
  );
}

function OneField({
  field,
  fields,
  values,
  context,
}: {
  field: FormField;
  fields: UseFormReturn<RawValues, unknown, object>;
  values: RawValues;
  context: FormContext;
}): ReactNode {
  const { name, label, hint, input } = field;
  const error = fields.formState.errors[name]?.message;
  const props = {
    input,
    context,
    register: fields.register(name),
    value: values[name] ?? "",
    model: values["model"] ?? "",
    setValue: (value: string) =>
      fields.setValue(name, value, { shouldValidate: value !== "" || fields.formState.isSubmitted }),
  };
  const id = useId();
  // What consists of several inputs has a legend, not a label.
  if (input.kind === "options" || input.kind === "item")
    return (
      <fieldset className="grid gap-1.5" aria-describedby={error === undefined ? undefined : id}>
        <legend className="mb-1 text-sm font-medium">{label}</legend>
        <FieldInput
          {...props}
          field={{ id: `${id}-input`, "aria-describedby": undefined, "aria-invalid": false, className: "" }}
        />
        {hint === undefined ? null : <p className="text-xs text-muted">{hint}</p>}
        {error === undefined ? null : (
          <p id={id} role="alert" className="text-xs text-bad">
            {error}
          </p>
        )}
      </fieldset>
    );
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => <FieldInput {...props} field={control} />}
    </Field>
  );
}

function Spendable({ context }: { context: FormContext }): ReactNode {
  const { data } = useBalance(context.address);
  const { network } = context;
  return (
    <p className="text-sm text-muted" aria-live="polite">
      {data === undefined
        ? "Reading your balance…"
        : `You have ${formatIn(data, unitOf(network.denom.base, network))}.`}
    </p>
  );
}

/** From the review to the effect. */
function Steps({
  context,
  account,
  state,
  submission,
}: Pick<FormViewProps, "context" | "account"> & {
  state: Exclude<SubmissionState, { step: "fill" }>;
  submission: Submission;
}): ReactNode {
  switch (state.step) {
    case "review":
    case "sign":
      return (
        <Card title="Review" lead="This is what you are about to sign.">
          <Review prepared={state.prepared} context={context} account={account} />
          <div className="mt-4 grid gap-3" aria-live="polite">
            <ProblemBox problem={state.step === "review" ? state.problem : null} context={context} />
            {state.step === "sign" ? (
              <p className="text-sm">
                {account.kind === "dev"
                  ? "Signing and sending…"
                  : account.ledger
                    ? "Waiting for you to sign on the device…"
                    : "Waiting for you to sign in the wallet…"}
              </p>
            ) : null}
            <div className="flex flex-wrap gap-2">
              <Button kind="primary" disabled={state.step === "sign"} onClick={() => void submission.send()}>
                Sign and send
              </Button>
              {state.step === "sign" ? (
                <Button onClick={() => submission.stopFollowing()}>Stop</Button>
              ) : (
                <Button onClick={() => submission.edit()}>Change</Button>
              )}
            </div>
          </div>
        </Card>
      );
    case "wait":
      return (
        <Card title="Sent">
          <div className="grid gap-3 text-sm" aria-live="polite">
            <p>
              Waiting for a block with it. This takes a block or two; if the node is away, until it is back.
            </p>
            <p>
              Transaction <TxHash hash={state.hash} copy />
            </p>
            <div>
              <Button onClick={() => submission.stopFollowing()}>Stop waiting</Button>
            </div>
          </div>
        </Card>
      );
    case "done":
      return (
        <Card title="Done">
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4" aria-live="polite">
            <p className="text-sm">
              Included at height{" "}
              <TextLink to={`/blocks/${state.result.height}`}>
                {state.result.height.toLocaleString("en")}
              </TextLink>{" "}
              in transaction <TxHash hash={state.result.hash} copy />
            </p>
            {state.facts === null ? (
              <p className="text-sm text-muted">Reading what came of it…</p>
            ) : (
              <Facts
                items={state.facts.map(({ label, value, to }) => [
                  label,
                  to === undefined ? value : <TextLink to={to}>{value}</TextLink>,
                ])}
              />
            )}
            <div className="flex flex-wrap gap-2">
              <LinkButton kind="primary" to={`/txs/${state.result.hash}`}>
                Look at the transaction
              </LinkButton>
              <Button onClick={() => submission.edit()}>Fill it in again</Button>
              <LinkButton to="/transact">Other transactions</LinkButton>
            </div>
          </div>
        </Card>
      );
    case "failed":
      return (
        <Card title="It did not work">
          <div className="grid gap-4">
            <ProblemBox problem={state.problem} context={context} />
            <div>
              <Button kind="primary" onClick={() => submission.edit()}>
                Back to the form
              </Button>
            </div>
          </div>
        </Card>
      );
  }
}

function Review({
  prepared: { plan, gas, fee },
  context,
  account,
}: {
  prepared: Prepared;
  context: FormContext;
  account: WalletAccount;
}): ReactNode {
  const { network, chain } = context;
  const unit = unitOf(fee.denom, network);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <ul className="list-disc space-y-1 pl-5 wrap-break-word">
        {plan.effect.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {plan.warning === undefined ? null : (
        <p role="note" className="rounded-lg bg-warn-wash px-3 py-2 text-sm font-medium text-warn">
          {plan.warning}
        </p>
      )}
      <Facts
        items={[
          [
            "Fee",
            fee.amount === 0n
              ? `None: this node takes transactions for free (${gas.toLocaleString("en")} gas)`
              : `${formatIn(fee.amount, unit)} (${gas.toLocaleString("en")} gas at ${chain.gasPrice})`,
          ],
          ["Signed by", <span className="font-mono break-all">{account.address}</span>],
          [
            "With",
            `${account.name}${account.ledger ? " on a Ledger device" : ""}, in ${account.signMode === "amino" ? "amino JSON" : "the direct format"}`,
          ],
        ]}
      />
      <details>
        <summary className="text-sm text-accent">
          {plan.messages.length === 1 ? "The message" : `The ${plan.messages.length} messages`} in full
        </summary>
        {plan.messages.map(describeMessage).map(({ name, typeUrl, fields }, index) => (
          <div key={index} className="mt-3 rounded-lg bg-surface-2 p-3">
            <h3 className="text-sm font-semibold" title={typeUrl}>
              {name}
            </h3>
            <dl className="mt-1 grid gap-1 font-mono text-xs">
              {fields.map(([path, value]) => (
                <div key={path} className="flex flex-wrap gap-x-3">
                  <dt className="text-muted">{path}</dt>
                  <dd className="min-w-0 break-all">{value}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </details>
    </div>
  );
}

function ProblemBox({ problem, context }: { problem: Problem | null; context: FormContext }): ReactNode {
  const faucet = useFaucet();
  if (problem === null) return null;
  const { title, advice, detail, remedy, hash } = problem;
  return (
    <div role="alert" className="grid gap-2 rounded-lg bg-bad-wash px-3 py-2.5 text-sm">
      <p className="font-semibold text-bad">{title}</p>
      <p>{advice}</p>
      {hash === undefined ? null : (
        <p>
          Transaction <TxHash hash={hash} copy />
        </p>
      )}
      {detail === undefined ? null : (
        <details>
          <summary className="text-muted">In the program's words</summary>
          <p className="mt-1 font-mono text-xs break-all">{detail}</p>
        </details>
      )}
      {remedy === "faucet" && context.network.faucet ? (
        <div>
          <Button disabled={faucet.isPending} onClick={() => faucet.mutate(context.address)}>
            Get test coins
          </Button>
        </div>
      ) : null}
    </div>
  );
}
