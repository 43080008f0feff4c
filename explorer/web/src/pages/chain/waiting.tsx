import { Hourglass } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useNow } from "../../api/live.ts";
import { Card } from "../../components/card.tsx";
import type { Result } from "../../components/loaded.tsx";

/** After this long nobody should go on waiting without knowing what else can be wrong. */
const LONG_MS = 60_000;

/**
 * Whether what a page shows is not there yet. It stays so while the question is asked again, which forgets its error,
 * until an answer or another error comes.
 */
export function useMissing({ data, error }: Result<unknown>): boolean {
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    if (data !== undefined) setMissing(false);
    else if (error !== null) setMissing(error.status === 404);
  }, [data, error]);
  return data === undefined && (error === null ? missing : error.status === 404);
}

/** Says that something is expected with a coming block; the page shows it as soon as it is there. */
export function Waiting({ title, children, late }: { title: string; children: ReactNode; late: ReactNode }): ReactNode {
  const [since] = useState(() => Date.now());
  const now = useNow();
  return (
    <Card>
      <div role="status" className="flex gap-3">
        <Hourglass className="mt-0.5 size-5 shrink-0 text-warn motion-safe:animate-pulse" aria-hidden="true" />
        <div className="grid gap-1">
          <p className="font-medium">{title}</p>
          <div className="text-sm text-muted">{children}</div>
          {now - since < LONG_MS ? null : <div className="text-sm">{late}</div>}
        </div>
      </div>
    </Card>
  );
}
