import {
  useInfiniteQuery,
  useQuery,
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import type { AnswerOf, ParamsOf, QueryOf, RouteSpec } from "../../../wire/route.ts";
import { apiUrl, fetchJson, type ApiError } from "./fetch.ts";

interface Common {
  /** False to wait, e.g. until something else is known. */
  enabled?: boolean;
  /** The answer never changes; it is not asked again with every block. */
  forever?: boolean;
}

type Part<Name extends "params" | "query", Value> =
  Record<never, never> extends Value ? Partial<Record<Name, Value>> : Record<Name, Value>;

export type ApiOptions<Spec extends RouteSpec> = Common &
  Part<"params", ParamsOf<Spec>> &
  Part<"query", QueryOf<Spec>>;

type Rest<Spec extends RouteSpec> =
  Record<never, never> extends ApiOptions<Spec> ? [options?: ApiOptions<Spec>] : [options: ApiOptions<Spec>];

/**
 * Asks a route of the api and keeps the answer up to date: it is asked again with every new block (see `followHead`),
 * which costs little, since answers that did not change come back as "not modified".
 *
 *     const block = useApi<typeof getBlock>("/api/blocks/{height}", { params: { height } });
 *
 * Show it with `Loaded`, which knows loading, failing and empty.
 */
export function useApi<Spec extends RouteSpec>(
  path: Spec["path"],
  ...[options]: Rest<Spec>
): UseQueryResult<AnswerOf<Spec>, ApiError> {
  const { url, enabled, forever } = parts(path, options);
  return useQuery<AnswerOf<Spec>, ApiError>({
    queryKey: ["api", url],
    queryFn: async ({ signal }) => (await fetchJson(url, signal)) as AnswerOf<Spec>,
    enabled,
    meta: { forever },
    staleTime: forever ? Infinity : 0,
  });
}

/** Result of {@link useApiPages}, as `PagedTable` takes it. */
export type PagesResult<Item> = UseInfiniteQueryResult<InfiniteData<ApiPage<Item>>, ApiError>;

export interface ApiPage<Item> {
  items: Item[];
  next: string | null;
}

export type ItemOf<Spec extends RouteSpec> = AnswerOf<Spec> extends ApiPage<infer Item> ? Item : never;

/**
 * Asks a list of the api page by page (`result.fetchNextPage()`); `query` goes without `cursor`. The first page
 * follows the chain; once more pages are open the list stands still, so that rows do not move under the reader.
 *
 *     const blocks = useApiPages<typeof listBlocks>("/api/blocks", { query: { limit: 50 } });
 */
export function useApiPages<Spec extends RouteSpec>(
  path: Spec["path"],
  ...[options]: Rest<Spec>
): PagesResult<ItemOf<Spec>> {
  const { url, enabled, forever } = parts(path, options);
  return useInfiniteQuery<
    ApiPage<ItemOf<Spec>>,
    ApiError,
    InfiniteData<ApiPage<ItemOf<Spec>>>,
    readonly string[],
    string | null
  >({
    queryKey: ["pages", url],
    queryFn: async ({ pageParam, signal }) => {
      const cursor = pageParam === null ? "" : `${url.includes("?") ? "&" : "?"}cursor=${pageParam}`;
      return (await fetchJson(url + cursor, signal)) as ApiPage<ItemOf<Spec>>;
    },
    initialPageParam: null,
    getNextPageParam: (last) => last.next,
    enabled,
    meta: { forever },
    staleTime: forever ? Infinity : 0,
  });
}

function parts(path: string, options: unknown): { url: string; enabled: boolean; forever: boolean } {
  const {
    params,
    query,
    enabled = true,
    forever = false,
  } = (options ?? {}) as Common & { params?: Record<string, unknown>; query?: Record<string, unknown> };
  return { url: enabled ? apiUrl(path, params, query) : path, enabled, forever };
}
