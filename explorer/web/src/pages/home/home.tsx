import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** The start page. */
export function Home(): ReactNode {
  return (
    <Page title="Assay" lead="A marketplace for AI whose chain measures how good each model is.">
      {null}
    </Page>
  );
}
