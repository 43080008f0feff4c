import { useCallback, useEffect, useRef, useState } from "react";
import type { RowItem } from "../../../../wire/poi-epochs.ts";
import type { Task } from "../../../../wire/poi-models.ts";
import type { OpenModel } from "../../verify/model.ts";
import { judge, type Verdict } from "./verdict.ts";

/** Items that are run at once: often enough that progress can be seen. */
const AT_ONCE = 8;

export interface Replay {
  state: "idle" | "opening" | "running" | "failed";
  /** Why it failed, in plain words. */
  error: string | null;
  /** Of the run under way. */
  progress: { done: number; of: number } | null;
  /** By item, of everything that was run since the page was opened. */
  verdicts: ReadonlyMap<number, Verdict>;
  run(items: readonly RowItem[]): void;
  stop(): void;
}

const NONE: ReadonlyMap<number, Verdict> = new Map();

/**
 * Runs a model in this browser on items of a slot and compares with the record. The model is fetched from the chain and
 * checked with the first run, and kept until the page is left.
 *
 * @param inputs all items of the slot, back to back.
 */
export function useReplay(modelHex: string, task: Task, inputs: Uint8Array | undefined): Replay {
  const [state, setState] = useState<Replay["state"]>("idle");
  const [error, setError] = useState<string | null>(null);
  const [progress, setProgress] = useState<Replay["progress"]>(null);
  const [verdicts, setVerdicts] = useState(NONE);
  const model = useRef<Promise<OpenModel> | undefined>(undefined);
  const page = useRef<AbortController | undefined>(undefined);
  const running = useRef<AbortController | undefined>(undefined);

  useEffect(() => {
    const left = new AbortController();
    page.current = left;
    setVerdicts(NONE);
    setState("idle");
    setError(null);
    return () => {
      left.abort();
      running.current?.abort();
      model.current = undefined;
    };
  }, [modelHex, inputs]);

  const run = useCallback(
    (items: readonly RowItem[]) => {
      const left = page.current;
      if (inputs === undefined || left === undefined || left.signal.aborted) return;
      running.current?.abort();
      const stopped = new AbortController();
      running.current = stopped;
      const over = AbortSignal.any([left.signal, stopped.signal]);
      const work = async () => {
        setError(null);
        setProgress({ done: 0, of: items.length });
        setState("opening");
        model.current ??= open(modelHex, left.signal);
        const opened = await model.current;
        if (over.aborted) return;
        setState("running");
        for (let start = 0; start < items.length; start += AT_ONCE) {
          const part = items.slice(start, start + AT_ONCE);
          const outputs = await opened.run(joinItems(inputs, opened.itemBytes, part), part.length);
          if (over.aborted) return;
          const judged = part.map((item, index): [number, Verdict] => [
            item.item,
            judge(task, item, outputs.subarray(index * opened.outputWidth, (index + 1) * opened.outputWidth)),
          ]);
          setVerdicts((known) => new Map([...known, ...judged]));
          setProgress({ done: start + part.length, of: items.length });
        }
        setState("idle");
        setProgress(null);
      };
      work().catch((failure: unknown) => {
        model.current = undefined;
        if (over.aborted) return;
        setState("failed");
        setProgress(null);
        setError(failure instanceof Error ? failure.message : String(failure));
      });
    },
    [modelHex, inputs, task],
  );

  const stop = useCallback(() => {
    running.current?.abort();
    setState("idle");
    setProgress(null);
  }, []);

  return { state, error, progress, verdicts, run, stop };
}

/** Runtime and checker are only loaded when somebody wants to run something. */
async function open(modelHex: string, signal: AbortSignal): Promise<OpenModel> {
  const { openModel } = await import("../../verify/model.ts");
  return openModel({ modelHex, signal });
}

function joinItems(inputs: Uint8Array, size: number, items: readonly RowItem[]): Uint8Array {
  const joined = new Uint8Array(size * items.length);
  items.forEach(({ item }, index) =>
    joined.set(inputs.subarray(item * size, (item + 1) * size), index * size),
  );
  return joined;
}
