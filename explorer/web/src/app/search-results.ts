import { useQuery } from "@tanstack/react-query";
import type { AnswerOf } from "../../../wire/route.ts";
import type { getSearch } from "../../../wire/search.ts";
import { apiUrl, fetchJson, type ApiError } from "../api/fetch.ts";

/** Asks for `query` (trimmed; nothing is asked when it is empty). */
export function useSearchResults(query: string): {
  data: AnswerOf<typeof getSearch> | undefined;
  error: ApiError | null;
  isFetching: boolean;
  refetch(): unknown;
} {
  const url = apiUrl("/api/search", {}, { q: query });
  return useQuery<AnswerOf<typeof getSearch>, ApiError>({
    queryKey: ["search", url],
    queryFn: async ({ signal }) => (await fetchJson(url, signal)) as AnswerOf<typeof getSearch>,
    enabled: query !== "",
  });
}
