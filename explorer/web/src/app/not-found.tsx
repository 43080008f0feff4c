import type { ReactNode } from "react";
import { LinkButton } from "../components/button.tsx";
import { Page } from "../components/page.tsx";

/** The page for addresses without one. */
export function NotFound(): ReactNode {
  return (
    <Page
      title="There is no such page"
      lead="The address may be mistyped, or what it names is not on this chain. Press / to search."
    >
      <div>
        <LinkButton to="/">To the start</LinkButton>
      </div>
    </Page>
  );
}
