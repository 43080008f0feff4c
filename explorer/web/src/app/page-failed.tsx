import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { Page } from "../components/page.tsx";

/** In place of a page that threw; header and navigation still work. */
export function PageFailed({ error, reset }: ErrorComponentProps): ReactNode {
  const router = useRouter();
  const again = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Page
      title="This page failed"
      lead="That is a fault of the explorer, not of the chain. Everything else still works."
    >
      <Card title="What went wrong">
        <p className="font-mono text-sm">{error instanceof Error ? error.message : String(error)}</p>
        <div className="mt-4 flex gap-2">
          <Button onClick={again}>Try again</Button>
          <Button onClick={() => location.reload()}>Load the explorer anew</Button>
        </div>
      </Card>
    </Page>
  );
}
