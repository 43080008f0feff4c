import type { ReactNode } from "react";
import { useNetwork } from "../api/live.ts";

/** What stands below every page. */
export function Footer(): ReactNode {
  const network = useNetwork();
  return (
    <footer className="mt-8 border-t border-line text-sm text-muted">
      <div className="mx-auto flex max-w-[92rem] flex-wrap items-center gap-x-6 gap-y-1 px-4 py-5 sm:px-6">
        <p>Assay: models of public weight, measured by a chain that re-runs them.</p>
        <ul className="flex flex-wrap gap-x-5 gap-y-1 sm:ml-auto">
          {network === undefined ? null : <li className="font-mono text-xs leading-6">{network.chainId}</li>}
          <li>
            <a className="hover:text-ink hover:underline" href="/api/docs">
              API
            </a>
          </li>
          <li>
            Press <kbd className="rounded border border-line px-1 font-mono text-xs">/</kbd> to search
          </li>
        </ul>
      </div>
    </footer>
  );
}
