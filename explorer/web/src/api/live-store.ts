import type { Head, Status } from "../../../wire/network.ts";

/** What the event stream has said so far, and how the page stands with the api. */
export interface LiveState {
  status: Status | null;
  head: Head | null;
  /** `lost`: the api does not answer, and is tried again. */
  connection: "connecting" | "open" | "lost";
  /** Since when the connection is lost, in milliseconds of `Date.now()`. */
  lostSince: number | null;
}

/** A store in the shape React's useSyncExternalStore wants. */
export interface LiveStore {
  getState(): LiveState;
  subscribe(listener: () => void): () => void;
}

/** The part of EventSource that is used, so that tests need no network. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

const CLOSED = 2;
/** Two and a half heartbeats: without any message for so long the stream is dead, whatever the browser thinks. */
const SILENCE_MS = 40_000;
const RETRY_MS = 3_000;

/** Follows the api's event stream until `signal`, opening it again whenever it ends. */
export function createLiveStore(open: () => EventStream, signal: AbortSignal): LiveStore {
  let state: LiveState = { status: null, head: null, connection: "connecting", lostSince: null };
  const listeners = new Set<() => void>();
  const set = (change: Partial<LiveState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  function connect(): void {
    if (signal.aborted) return;
    const stream = open();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const close = (): void => {
      clearTimeout(silence);
      stream.close();
      signal.removeEventListener("abort", close);
    };
    const lost = (): void => {
      if (state.connection !== "lost") set({ connection: "lost", lostSince: Date.now() });
    };
    const reopen = (afterMs: number): void => {
      close();
      lost();
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", cancel);
        connect();
      }, afterMs);
      const cancel = (): void => clearTimeout(timer);
      signal.addEventListener("abort", cancel, { once: true });
    };
    const alive = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => reopen(0), SILENCE_MS);
      if (state.connection !== "open") set({ connection: "open", lostSince: null });
    };

    signal.addEventListener("abort", close);
    stream.addEventListener("open", alive);
    stream.addEventListener("heartbeat", alive);
    stream.addEventListener("status", (event) => {
      alive();
      set({ status: JSON.parse(event.data) as Status });
    });
    stream.addEventListener("head", (event) => {
      alive();
      set({ head: JSON.parse(event.data) as Head });
    });
    stream.addEventListener("error", () => {
      // After an answer other than 200 the browser gives up; after a broken stream it tries again by itself.
      if (stream.readyState === CLOSED) reopen(RETRY_MS);
      else lost();
    });
    silence = setTimeout(() => reopen(0), SILENCE_MS);
  }

  connect();
  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
