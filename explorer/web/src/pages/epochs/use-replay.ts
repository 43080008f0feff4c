import { useCallback, useEffect, useRef, useState } from "react";
import type { OpenModel } from "../../verify/model.ts";

/** Items that are run at once: often enough that progress can be seen. */
const AT_ONCE = 8;

export interface Replay {
  state: "idle" | "opening" | "running" | "failed";
  /** Why it failed, in plain words. */
  error: string | null;
  /** Of the run under way. */
  progress: { done: number; of: number } | null;
  /** The model's outputs by item, of everything that was run since the page was opened. */
  outputs: ReadonlyMap<number, Int32Array>;
  run(items: readonly number[]): void;
  stop(): void;
}

const NONE: ReadonlyMap<number, Int32Array> = new Map();

/**
 * Runs a model in this browser on items of a slot. The model is fetched from the chain and checked with the first run,
 * and kept until the page is left.
 *
 * @param inputs all items of the slot, back to back.
 */
export function useReplay(modelHex: string, inputs: Uint8Array | undefined): Replay {
  const [state, setState] = useState<Replay["state"]>("idle");
  const [error, setError] = useState<string | null>(null);
  const [progress, setProgress] = useState<Replay["progress"]>(null);
  const [outputs, setOutputs] = useState(NONE);
  const model = useRef<Promise<OpenModel> | undefined>(undefined);
  const page = useRef<AbortController | undefined>(undefined);
  const running = useRef<AbortController | undefined>(undefined);

  useEffect(() => {
    const left = new AbortController();
    page.current = left;
    setOutputs(NONE);
    setState("idle");
    setError(null);
    return () => {
      left.abort();
      running.current?.abort();
      model.current = undefined;
    };
  }, [modelHex, inputs]);

  const run = useCallback(
    (items: readonly number[]) => {
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
          const numbers = await opened.run(joinItems(inputs, opened.itemBytes, part), part.length);
          if (over.aborted) return;
          const width = opened.outputWidth;
          const run = part.map((item, index): [number, Int32Array] => [
            item,
            numbers.slice(index * width, (index + 1) * width),
          ]);
          setOutputs((known) => new Map([...known, ...run]));
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
    [modelHex, inputs],
  );

  const stop = useCallback(() => {
    running.current?.abort();
    setState("idle");
    setProgress(null);
  }, []);

  return { state, error, progress, outputs, run, stop };
}

/** Runtime and checker are only loaded when somebody wants to run something. */
async function open(modelHex: string, signal: AbortSignal): Promise<OpenModel> {
  const { openModel } = await import("../../verify/model.ts");
  return openModel({ modelHex, signal });
}

function joinItems(inputs: Uint8Array, size: number, items: readonly number[]): Uint8Array {
  const joined = new Uint8Array(size * items.length);
  items.forEach((item, index) => joined.set(inputs.subarray(item * size, (item + 1) * size), index * size));
  return joined;
}
