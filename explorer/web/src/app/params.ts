import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** A part of the page's path, e.g. `usePathParam("height")` on `/blocks/$height`. */
export function usePathParam(name: string): string {
  const params: Readonly<Record<string, string | undefined>> = useParams({ strict: false });
  const value = params[name];
  if (value === undefined) throw new Error(`this page's path has no part called ${name}`);
  return value;
}

/** A value of the page's query, as text; undefined when it is not there. */
export function useQueryParam(name: string): string | undefined {
  const search: Readonly<Record<string, string | undefined>> = useSearch({ strict: false });
  return search[name];
}

/**
 * Changes values of the page's query, so that what is shown has an address; undefined removes one.
 * `replace` leaves no entry in the history, for what changes with every key press.
 */
export function useSetQuery(): (
  change: Readonly<Record<string, string | undefined>>,
  replace?: boolean,
) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, replace = false) => {
      void navigate({
        to: ".",
        search: (before: object) => ({ ...before, ...change }),
        replace,
        resetScroll: false,
      });
    },
    [navigate],
  );
}
