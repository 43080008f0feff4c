import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { ApiError } from "../api/fetch.ts";
import { Button } from "./button.tsx";
import { Empty, Skeleton } from "./empty.tsx";

/** What `Loaded` needs of a query's result. */
export interface Result<Value> {
  data: Value | undefined;
  error: ApiError | null;
  refetch(): unknown;
}

/**
 * Shows what a query brought: a skeleton while it loads, the error with a way to try again, else its value. An answer
 * that is there stays when asking again fails; the header's banner says that it is old.
 *
 * @param empty shown instead of `children` when the value is an empty list or `isEmpty` says so.
 */
export function Loaded<Value>({
  result,
  children,
  empty,
  isEmpty = (value) => Array.isArray(value) && value.length === 0,
  lines,
  height,
}: {
  result: Result<Value>;
  children: (value: Value) => ReactNode;
  empty?: ReactNode;
  isEmpty?: (value: Value) => boolean;
  lines?: number;
  /** Class that makes the skeleton as high as what comes, e.g. "min-h-60", so that the page does not jump. */
  height?: string;
}): ReactNode {
  const { data, error } = result;
  if (data !== undefined) return empty !== undefined && isEmpty(data) ? empty : children(data);
  if (error !== null) return <Failed error={error} retry={() => void result.refetch()} />;
  return <Skeleton lines={lines} className={height} />;
}

/** An error in place of what it kept from being shown. */
export function Failed({
  error,
  retry,
}: {
  error: Error & { status?: number };
  retry?: () => void;
}): ReactNode {
  if (error.status === 404) return <Empty title="Not found">{error.message}</Empty>;
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 px-4 py-5 text-sm">
      <CircleAlert className="size-5 shrink-0 text-bad" aria-hidden="true" />
      <p className="min-w-0 flex-1">{error.message}</p>
      {retry === undefined ? null : <Button onClick={retry}>Try again</Button>}
    </div>
  );
}
