import { WIRE_FORMAT, type Delta, type Snapshot } from "../../../src/wire.ts";

/** What the page knows, and how it stands with the api. */
export interface LiveState {
  snapshot: Snapshot | null;
  /** `lost`: the api does not answer, and is tried again. */
  connection: "connecting" | "open" | "lost";
  /** The api was updated while this page was open, and the page must be loaded again. */
  outdated: boolean;
}

export type LiveAction =
  | { type: "opened" }
  | { type: "lost" }
  | { type: "snapshot"; snapshot: Snapshot }
  | { type: "delta"; delta: Delta };

export const initialState: LiveState = { snapshot: null, connection: "connecting", outdated: false };

export function reduce(state: LiveState, action: LiveAction): LiveState {
  switch (action.type) {
    case "opened":
      return { ...state, connection: "open" };
    case "lost":
      return { ...state, connection: "lost" };
    case "snapshot":
      if (action.snapshot.format !== WIRE_FORMAT) return { ...state, outdated: true };
      return { snapshot: action.snapshot, connection: "open", outdated: false };
    case "delta":
      if (state.snapshot === null) return state;
      return { ...state, connection: "open", snapshot: { ...state.snapshot, ...action.delta } };
  }
}

/** Whether `delta` continues what the page has; if not, something was missed and a whole snapshot is needed. */
export function follows(snapshot: Snapshot | null, delta: Delta): boolean {
  return snapshot !== null && delta.revision === snapshot.revision + 1;
}
