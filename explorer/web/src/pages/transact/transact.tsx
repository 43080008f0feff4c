import type { ReactNode } from "react";
import { TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Page } from "../../components/page.tsx";
import { GROUPS } from "../../transact/form.ts";
import { FORMS } from "../../transact/forms.ts";

/** Every transaction that can be sent from here. */
export function Transact(): ReactNode {
  return (
    <Page
      title="Send a transaction"
      lead="Everything you can do on the chain from here. Each form shows what it does and what it costs before you sign."
    >
      <div className="gap-5 lg:columns-2">
        {GROUPS.map((group) => (
          <Card key={group} title={group} className="mb-5 break-inside-avoid">
            <ul className="grid gap-3">
              {FORMS.filter((form) => form.group === group).map(({ id, title, lead }) => (
                <li key={id}>
                  <TextLink to={`/transact/${id}`} className="font-medium text-accent hover:underline">
                    {title}
                  </TextLink>
                  <p className="text-sm text-muted">{lead}</p>
                </li>
              ))}
            </ul>
          </Card>
        ))}
      </div>
    </Page>
  );
}
