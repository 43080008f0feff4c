import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { createLiveStore, type LiveStore } from "./connection.ts";
import type { LiveState } from "./state.ts";

export function useLive(store: LiveStore): LiveState {
  return useSyncExternalStore(store.subscribe, store.getState);
}

/** A live store that lasts as long as the page. */
export function createPageStore(): LiveStore {
  const ended = new AbortController();
  window.addEventListener("pagehide", (event) => {
    // A page that may come back from the browser's cache keeps its stream's state and reconnects by itself.
    if (!event.persisted) ended.abort();
  });
  return createLiveStore(ended.signal);
}

/** The present, for everything that says how long ago something was. One timer serves the page. */
export const Now = createContext(Date.now());

export function useNow(): number {
  return useContext(Now);
}

export function useTicker(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
