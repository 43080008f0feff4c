import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { TextLink } from "../components/button.tsx";
import { Toasts } from "../components/toast.tsx";

/** Header, navigation, the page, footer. */
export function Shell(): ReactNode {
  return (
    <>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-7xl items-center gap-4 px-4 py-2.5 sm:px-6">
          <TextLink to="/" className="font-semibold">
            Assay
          </TextLink>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto max-w-7xl px-4 py-6 sm:px-6">
        <Outlet />
      </main>
      <Toasts />
    </>
  );
}
