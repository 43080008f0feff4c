import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
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

/** The present in milliseconds, every `everyMs`, for what says how long ago something was. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
