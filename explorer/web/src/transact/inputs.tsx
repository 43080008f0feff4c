import { useQuery } from "@tanstack/react-query";
import { useRef, useState, type ReactNode } from "react";
import type { UseFormRegisterReturn } from "react-hook-form";
import { Button } from "../components/button.tsx";
import { cx } from "../components/cx.ts";
import type { FieldProps } from "../components/field.tsx";
import type { Choice, FormContext, Input } from "./form.ts";
import { ItemInput } from "./item-input.tsx";

/** What every kind of input works with. */
export interface InputProps {
  input: Input;
  field: FieldProps;
  /** Ties a plain input to the form. */
  register: UseFormRegisterReturn;
  value: string;
  setValue(value: string): void;
  /** What stands in the form's field `model`. */
  model: string;
  context: FormContext;
}

/** The input of a field. */
export function FieldInput(props: InputProps): ReactNode {
  const { input, field, register } = props;
  switch (input.kind) {
    case "text":
      return (
        <input
          {...field}
          {...register}
          type="text"
          autoComplete="off"
          spellCheck={false}
          placeholder={input.placeholder}
          className={cx(field.className, input.mono && "font-mono")}
        />
      );
    case "long-text":
      return <textarea {...field} {...register} rows={input.rows ?? 4} />;
    case "amount":
      return <AmountInput {...props} />;
    case "choice":
      return <ChoiceInput {...props} input={input} />;
    case "options":
      return <OptionsInput {...props} options={input.options} />;
    case "file":
      return <FileInput {...props} input={input} />;
    case "item":
      return <ItemInput {...props} />;
  }
}

function AmountInput({ field, register, context }: InputProps): ReactNode {
  return (
    <span className="flex items-center gap-2">
      <input {...field} {...register} type="text" inputMode="decimal" autoComplete="off" />
      <span className="shrink-0 text-sm text-muted">{context.network.denom.display}</span>
    </span>
  );
}

function ChoiceInput({
  input,
  field,
  register,
  value,
  context,
}: InputProps & { input: Input & { kind: "choice" } }): ReactNode {
  const name = register.name;
  const choices = useQuery({
    queryKey: ["choices", context.network.chainId, context.address, name, input.none],
    queryFn: () => input.choices(context),
    // What can be chosen changes with what is sent.
    gcTime: 0,
  });
  if (choices.isPending) return <select {...field} disabled aria-busy="true" />;
  const listed = choices.data ?? [];
  // An address of this page may name what is not in the list, such as somebody else's channel.
  const given: Choice[] =
    value === "" || listed.some((choice) => choice.value === value) ? [] : [{ value, label: value }];
  const all = [...given, ...listed];
  if (all.length === 0)
    return (
      <>
        <select {...field} {...register} disabled />
        <p className="text-sm text-muted">
          {choices.isError ? "The list could not be read from the node. Load the page again." : input.none}
        </p>
      </>
    );
  return (
    <select {...field} {...register}>
      <option value="">Choose…</option>
      {all.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}

function OptionsInput({ field, register, options }: InputProps & { options: readonly Choice[] }): ReactNode {
  return (
    <div
      id={field.id}
      role="radiogroup"
      aria-describedby={field["aria-describedby"]}
      className="grid gap-1.5"
    >
      {options.map(({ value, label }) => (
        <label key={value} className="flex items-start gap-2 text-sm">
          <input type="radio" className="mt-1" value={value} {...register} />
          {label}
        </label>
      ))}
    </div>
  );
}

function FileInput({
  input,
  field,
  value,
  setValue,
}: InputProps & { input: Input & { kind: "file" } }): ReactNode {
  const [problem, setProblem] = useState<string>();
  const [name, setName] = useState<string>();
  const picker = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined): Promise<void> => {
    setProblem(undefined);
    if (!file) return;
    if (file.size > input.maxBytes) {
      setProblem(`This file has ${file.size} bytes; at most ${input.maxBytes} are read.`);
      return;
    }
    setName(file.name);
    setValue(await file.text());
  };
  return (
    <>
      <span className="flex flex-wrap items-center gap-3">
        <input
          {...field}
          ref={picker}
          type="file"
          accept={input.accept}
          className="sr-only"
          onChange={(event) => void take(event.target.files?.[0])}
        />
        <Button onClick={() => picker.current?.click()}>Choose a file</Button>
        <span className="text-sm text-muted">{value === "" ? "None chosen" : (name ?? "Given")}</span>
      </span>
      {problem === undefined ? null : (
        <p role="alert" className="text-xs text-bad">
          {problem}
        </p>
      )}
    </>
  );
}
