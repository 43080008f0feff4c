import { Languages, Mail, PenLine, Sparkles, SquareFunction } from "lucide-react";
import type { ReactNode } from "react";
import type { ListedService, listServices } from "../../../../wire/market.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Amount, Ppm } from "../../components/values.tsx";

/** What a visitor does with models that are prepared in a way this page knows. */
const KINDS: Readonly<Record<string, { Icon: typeof PenLine; does: string; example: string }>> = {
  "gray-28x28": { Icon: PenLine, does: "Draw a digit", example: "You draw a 7, it says “7”." },
  "char-ngrams-128": {
    Icon: Languages,
    does: "Type in any language",
    example: "You type “Mae hi'n bwrw glaw”, it says “Welsh”.",
  },
  "word-counts-512": {
    Icon: Mail,
    does: "Paste a mail",
    example: "You paste “CLICK HERE NOW”, it says “spam”.",
  },
};
const OTHER = {
  Icon: SquareFunction,
  does: "Send numbers",
  example: "You send the numbers its models take.",
};

const ALL = 100;

/** Services to try, by task. */
export function Play(): ReactNode {
  const result = useApi<typeof listServices>("/api/services", { query: { limit: ALL } });
  return (
    <Page
      title="Try a model"
      lead="Ask a model, pay a fraction of a coin, and let your own browser check the answer. Choose what to do."
    >
      <Loaded
        result={result}
        lines={8}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Card>
            <Empty title="Nobody sells answers yet">
              Services appear here as soon as a provider lists one on the chain.
            </Empty>
          </Card>
        }
      >
        {({ items }) => (
          <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
            {items.toSorted(byPromise).map((service) => (
              <li key={service.id}>
                <ServiceCard service={service} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Page>
  );
}

/** Tasks this page has an input for first, then the most accurate. */
function byPromise(a: ListedService, b: ListedService): number {
  const known = (service: ListedService): number =>
    service.task && KINDS[service.task.input.preprocessing] ? 1 : 0;
  return known(b) - known(a) || (b.smoothed ?? 0) - (a.smoothed ?? 0) || a.id - b.id;
}

function ServiceCard({ service }: { service: ListedService }): ReactNode {
  const { name, arena, smoothed, price, denom, probes, task } = service;
  const { Icon, does, example } = KINDS[task?.input.preprocessing ?? ""] ?? OTHER;
  return (
    <a
      href={`/play/${service.id}`}
      className="grid h-full content-start gap-3 rounded-xl border border-line bg-surface p-5 hover:border-accent"
    >
      <span className="flex items-center gap-3">
        <span className="rounded-lg bg-accent-wash p-2 text-accent">
          <Icon className="size-6" aria-hidden="true" />
        </span>
        <span>
          <span className="block text-lg font-semibold">{does}</span>
          <span className="block text-xs text-muted">
            {name}
            {arena ? ` · arena ${arena.name}` : ""}
          </span>
        </span>
      </span>
      <span className="text-sm text-muted">{example}</span>
      <span className="mt-auto flex flex-wrap gap-1.5">
        {smoothed === null ? (
          <Badge tone="warn">unverified</Badge>
        ) : (
          <Badge tone="good" title="As the chain measured it on hidden items">
            <Ppm ppm={smoothed} /> right
          </Badge>
        )}
        {price === "0" ? (
          <Badge tone="info">
            <Sparkles className="size-3" aria-hidden="true" /> free
          </Badge>
        ) : (
          <Badge>
            <Amount amount={price} denom={denom} digits={6} />
          </Badge>
        )}
        {probes ? (
          <Badge title="Half of the probes of scorers were answered faster">{probes.p50} ms</Badge>
        ) : null}
      </span>
    </a>
  );
}
