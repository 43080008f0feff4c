import { useId, type ReactNode } from "react";

/** Classes of text inputs, selects and text areas. */
export const inputClass =
  "w-full min-h-9 rounded-lg border border-line-strong bg-surface px-3 py-1.5 text-sm text-ink " +
  "placeholder:text-muted aria-[invalid=true]:border-bad";

/** What an input needs to be tied to its label, hint and error. */
export interface FieldProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean;
  className: string;
}

/**
 * A labelled input with a hint and an error.
 *
 *     <Field label="Amount" hint="in ASSAY" error={errors.amount?.message}>
 *       {(field) => <input {...field} {...register("amount")} />}
 *     </Field>
 */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  children: (field: FieldProps) => ReactNode;
}): ReactNode {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`];
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": described.join(" ").trim() || undefined,
        "aria-invalid": error !== undefined,
        className: inputClass,
      })}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p id={`${id}-error`} role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
