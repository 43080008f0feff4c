import { QueryClient, type Query } from "@tanstack/react-query";
import { ApiError } from "./fetch.ts";
import type { LiveStore } from "./live-store.ts";

/** Answers a page does not show any more are forgotten after this long. */
const FORGET_AFTER_MS = 5 * 60_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        gcTime: FORGET_AFTER_MS,
        refetchOnWindowFocus: false,
        // What the api refused it refuses again; what it could not do may work in a moment.
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
      },
    },
  });
}

/** Asks what is on the page again whenever a new block has been indexed. Returns how to stop. */
export function followHead(client: QueryClient, store: LiveStore): () => void {
  let height = store.getState().head?.height ?? 0;
  return store.subscribe(() => {
    const now = store.getState().head?.height ?? 0;
    if (now === height) return;
    height = now;
    void client.invalidateQueries({ predicate: followsHead }, { cancelRefetch: false });
  });
}

function followsHead(query: Query): boolean {
  if (query.meta?.["forever"] === true) return false;
  const [kind] = query.queryKey;
  if (kind !== "pages") return kind === "api";
  const data = query.state.data as { pages: unknown[] } | undefined;
  return data === undefined || data.pages.length <= 1;
}
