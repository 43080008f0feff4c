/** The way of one question, as the page draws it. Times are milliseconds. */

export const STEPS = ["coins", "channel", "voucher", "answer", "receipt", "rerun"] as const;
export type StepName = (typeof STEPS)[number];

export interface Step {
  readonly name: StepName;
  readonly state: "running" | "done" | "failed";
  readonly startedAt: number;
  /** How long it took; undefined while it runs. */
  readonly ms: number | undefined;
}

/** What happened to a step, and when. */
export interface Observation {
  readonly step: StepName;
  readonly what: "begins" | "ends" | "fails";
  readonly at: number;
}

/**
 * The steps after an observation. A step that begins again, because the provider was asked again, starts over; one that
 * ends without having begun is left out.
 */
export function observed(steps: readonly Step[], { step: name, what, at }: Observation): readonly Step[] {
  if (what === "begins") {
    const others = steps.filter((step) => step.name !== name);
    return [...others, { name, state: "running", startedAt: at, ms: undefined }];
  }
  const state = what === "ends" ? "done" : "failed";
  return steps.map((step) => (step.name === name ? { ...step, state, ms: at - step.startedAt } : step));
}

/** Every step that was running has failed. */
export function failed(steps: readonly Step[], at: number): readonly Step[] {
  return steps.map((step) =>
    step.state === "running" ? { ...step, state: "failed", ms: at - step.startedAt } : step,
  );
}
