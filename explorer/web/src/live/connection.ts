import type { Delta, Snapshot } from "../../../src/wire.ts";
import { follows, initialState, reduce, type LiveAction, type LiveState } from "./state.ts";

const EVENTS = "/api/events";
/** Two and a half heartbeats: without any message for so long the stream is dead, whatever the browser thinks. */
const SILENCE_MS = 40_000;
const RETRY_MS = 3_000;

/** A store in the shape React's useSyncExternalStore wants. */
export interface LiveStore {
  getState(): LiveState;
  subscribe(listener: () => void): () => void;
}

/** Follows the api's event stream until `signal`, opening it again whenever it ends. */
export function createLiveStore(signal: AbortSignal): LiveStore {
  let state = initialState;
  const listeners = new Set<() => void>();
  const dispatch = (action: LiveAction): void => {
    const next = reduce(state, action);
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  };
  open(signal, () => state, dispatch);
  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function open(signal: AbortSignal, state: () => LiveState, dispatch: (action: LiveAction) => void): void {
  if (signal.aborted || state().outdated) return;
  const source = new EventSource(EVENTS);
  let silence: ReturnType<typeof setTimeout> | undefined;

  const close = (): void => {
    clearTimeout(silence);
    source.close();
    signal.removeEventListener("abort", close);
  };
  const reopen = (afterMs: number): void => {
    close();
    dispatch({ type: "lost" });
    setTimeout(() => open(signal, state, dispatch), afterMs);
  };
  const alive = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => reopen(0), SILENCE_MS);
  };

  signal.addEventListener("abort", close);
  source.addEventListener("open", () => {
    alive();
    dispatch({ type: "opened" });
  });
  source.addEventListener("heartbeat", alive);
  source.addEventListener("snapshot", (event: MessageEvent<string>) => {
    alive();
    dispatch({ type: "snapshot", snapshot: JSON.parse(event.data) as Snapshot });
    if (state().outdated) close();
  });
  source.addEventListener("delta", (event: MessageEvent<string>) => {
    alive();
    const delta = JSON.parse(event.data) as Delta;
    if (follows(state().snapshot, delta)) dispatch({ type: "delta", delta });
    else reopen(0);
  });
  source.addEventListener("error", () => {
    // After an answer other than 200 the browser gives up; after a broken stream it tries again by itself.
    if (source.readyState === EventSource.CLOSED) reopen(RETRY_MS);
    else dispatch({ type: "lost" });
  });
  alive();
}
