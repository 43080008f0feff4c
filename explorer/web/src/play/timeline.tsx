import { Check, Circle, LoaderCircle, X } from "lucide-react";
import type { ReactNode } from "react";
import { STEPS, type Step, type StepName } from "./steps.ts";

const WORDS: Readonly<Record<StepName, readonly [title: string, explanation: string]>> = {
  coins: ["Coins from the faucet", "worthless ones, for trying things out"],
  channel: ["Deposit locked", "the only transaction; it pays for many calls, and the rest comes back"],
  voucher: [
    "Voucher signed and kept here",
    "a signed promise of this call’s price, written down before it is sent",
  ],
  answer: ["Answer from the provider", "asked directly, from this browser"],
  receipt: ["Receipt checked", "the provider’s signature over exactly these bytes and this answer"],
  rerun: ["Run again in this browser", "the same model, byte for byte the file on the chain"],
};
/** Always on the way; coins and deposit only when they are needed. */
const ALWAYS: readonly StepName[] = ["voucher", "answer", "receipt", "rerun"];

/** The steps of a question with the time each took. `without` names those that this service has not. */
export function Timeline({
  steps,
  without,
}: {
  steps: readonly Step[];
  without: readonly StepName[];
}): ReactNode {
  const shown = STEPS.filter(
    (name) => steps.some((step) => step.name === name) || (ALWAYS.includes(name) && !without.includes(name)),
  );
  return (
    <ol aria-label="Steps" className="grid gap-2.5 text-sm">
      {shown.map((name) => {
        const step = steps.find((each) => each.name === name);
        const [title, explanation] = WORDS[name];
        return (
          <li key={name} className="flex items-start gap-2.5">
            <Mark state={step?.state} />
            <div className="min-w-0 flex-1">
              <p className={step ? "font-medium" : "text-muted"}>{title}</p>
              <p className="text-xs text-muted">{explanation}</p>
            </div>
            <span className="text-xs whitespace-nowrap text-muted">
              {step?.ms === undefined ? "" : formatMs(step.ms)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Mark({ state }: { state: Step["state"] | undefined }): ReactNode {
  const common = "mt-0.5 size-4 shrink-0";
  switch (state) {
    case "done":
      return <Check className={`${common} text-good`} aria-label="done" />;
    case "failed":
      return <X className={`${common} text-bad`} aria-label="failed" />;
    case "running":
      return <LoaderCircle className={`${common} animate-spin text-accent`} aria-label="under way" />;
    case undefined:
      return <Circle className={`${common} text-line-strong`} aria-label="not yet" />;
  }
}

/** 0.4 ms, 12 ms, 1.2 s */
export function formatMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 1 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
