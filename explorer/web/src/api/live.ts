import { createContext, useContext, useSyncExternalStore } from "react";
import type { getNetwork, Head, Network, Status } from "../../../wire/network.ts";
import { createLiveStore, type LiveState, type LiveStore } from "./live-store.ts";
import { useApi } from "./use-api.ts";

/** The one event stream of the page; `App` provides it. */
export const Live = createContext<LiveStore | null>(null);

/** A live store over the api's events that lasts as long as the document. */
export function openLiveStore(): LiveStore {
  const ended = new AbortController();
  window.addEventListener("pagehide", (event) => {
    // A page that may come back from the browser's cache keeps its stream's state and reconnects by itself.
    if (!event.persisted) ended.abort();
  });
  return createLiveStore(() => new EventSource("/api/events"), ended.signal);
}

/** Everything the event stream has said. */
export function useLive(): LiveState {
  const store = useContext(Live);
  if (store === null) throw new Error("useLive needs the Live context around it");
  return useSyncExternalStore(store.subscribe, store.getState);
}

/** Whether the index follows the chain; null until first heard. */
export function useStatus(): Status | null {
  return useLive().status;
}

/** The newest indexed block; null until first heard. Changes with every block. */
export function useHead(): Head | null {
  return useLive().head;
}

/** Chain id, denominations and what this explorer offers; undefined until loaded. */
export function useNetwork(): Network | undefined {
  return useApi<typeof getNetwork>("/api/network", { forever: true }).data;
}

let now = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;
const tickers = new Set<() => void>();

function onTick(listener: () => void): () => void {
  tickers.add(listener);
  // One timer, so that everything that shows an age is drawn again together.
  if (ticking === undefined) {
    now = Date.now();
    ticking = setInterval(() => {
      now = Date.now();
      for (const each of tickers) each();
    }, 1_000);
  }
  return () => {
    tickers.delete(listener);
    if (tickers.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** The present in milliseconds, to a second, for what says how long ago something was. */
export function useNow(): number {
  return useSyncExternalStore(onTick, () => now);
}
