import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { Row } from "../../../../wire/poi-epochs.ts";
import { apiUrl, fetchJson, type ApiError } from "../../api/fetch.ts";

/** Pages of a row at most; a batch has 64 items, unless governance changes that. */
const MAX_PAGES = 20;

/** A model's whole row on a slot. Follows the chain while the epoch runs. */
export function useRow(params: {
  epoch: string;
  slot: string;
  model: string;
}): UseQueryResult<Row, ApiError> {
  const path = "/api/epochs/{epoch}/slots/{slot}/rows/{model}";
  return useQuery<Row, ApiError>({
    queryKey: ["api", apiUrl(path, params), "whole"],
    queryFn: async ({ signal }) => {
      const read = async (cursor: string | null) =>
        (await fetchJson(apiUrl(path, params, { limit: 100, cursor }), signal)) as Row;
      let row = await read(null);
      for (let page = 1; row.next !== null && page < MAX_PAGES; page++) {
        const more = await read(row.next);
        row = { ...row, items: [...row.items, ...more.items], next: more.next };
      }
      return row;
    },
    staleTime: 0,
  });
}
