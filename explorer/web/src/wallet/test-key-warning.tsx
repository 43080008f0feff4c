import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** Stands wherever a test key is offered or signs. */
export function TestKeyWarning(): ReactNode {
  return (
    <p className="flex items-start gap-2 rounded-lg border border-warn bg-warn-wash px-3 py-2 text-sm font-semibold text-warn">
      <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
      Test key in this browser: worthless coins only
    </p>
  );
}
