import { useState, type ReactNode } from "react";
import type { getArenas, getModels, ModelState, ModelSummary } from "../../../../wire/poi-models.ts";
import { useApi, useApiPages } from "../../api/use-api.ts";
import { useQueryParam, useSetQuery } from "../../app/params.ts";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { inputClass } from "../../components/field.tsx";
import { formatBytes, formatCompact } from "../../components/format.ts";
import { Page } from "../../components/page.tsx";
import { PagedTable } from "../../components/table.tsx";
import { Address, ArenaLink, Height, ModelLink } from "../../components/values.tsx";
import { Interval } from "./interval.tsx";
import { StateBadge } from "./state-badge.tsx";
import { STATE_WORDS } from "./words.ts";

/** As many as the comparison takes. */
const MAX_CHOSEN = 4;
const STATES: readonly ModelState[] = ["top", "called", "contender", "archived", "evicted", "withdrawn"];

/** All models, to filter and to put beside each other. */
export function Models(): ReactNode {
  const [arena, state, author, order] = [
    useQueryParam("arena"),
    useQueryParam("state"),
    useQueryParam("author"),
    useQueryParam("order"),
  ];
  const setQuery = useSetQuery();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const models = useApiPages<typeof getModels>("/api/models", {
    query: {
      limit: 50,
      arena,
      state: STATES.find((known) => known === state),
      author,
      order: order === "newest" ? "newest" : "score",
    },
  });
  const toggle = (id: string): void =>
    setChosen((before) => (before.includes(id) ? before.filter((other) => other !== id) : [...before, id]));
  return (
    <Page
      title="Models"
      lead="Every file that was registered, with the score that hidden data gave it. Choose two to four to compare them."
    >
      <Card flush>
        <Filters arena={arena} state={state} author={author} order={order} set={setQuery} />
        <PagedTable
          caption="Models"
          result={models}
          rowKey={({ id }) => id}
          empty={<Empty title="No model is like this">Choose another arena or another state.</Empty>}
          columns={[
            {
              key: "choose",
              header: <span className="sr-only">Compare</span>,
              cell: (model) => (
                <Choose
                  model={model}
                  chosen={chosen.includes(model.id)}
                  full={chosen.length >= MAX_CHOSEN}
                  toggle={toggle}
                />
              ),
            },
            {
              key: "model",
              header: "Model",
              cell: ({ id, name, author: by, arena: of }) => (
                <>
                  <ModelLink id={id} name={name} />
                  <span className="block text-xs text-muted max-sm:hidden">
                    by <Address address={by} />
                  </span>
                  <span className="block text-xs sm:hidden">
                    <ArenaLink {...of} />
                  </span>
                </>
              ),
            },
            {
              key: "mean",
              header: "Accuracy",
              title: "Mean over all its epochs, with the 95 % interval",
              cell: ({ mean }) =>
                mean === null ? (
                  <span className="text-muted">not measured yet</span>
                ) : (
                  <Interval measured={mean} from={0.4} />
                ),
            },
            {
              key: "state",
              header: "Place",
              cell: ({ state: is, step }) => <StateBadge state={is} step={step} />,
            },
            {
              key: "arena",
              header: "Arena",
              hideBelow: "sm",
              cell: ({ arena: of }) => <ArenaLink {...of} />,
            },
            {
              key: "cost",
              header: "Cost",
              title: "Multiply-accumulates and output elements of one run",
              align: "right",
              cell: ({ cost }) => formatCompact(cost),
            },
            {
              key: "size",
              header: "File",
              align: "right",
              hideBelow: "sm",
              cell: ({ fileBytes }) => <span className="whitespace-nowrap">{formatBytes(fileBytes)}</span>,
            },
            {
              key: "licence",
              header: "Licence",
              hideBelow: "md",
              cell: ({ licence }) => (
                <span className="block max-w-36 truncate" title={licence}>
                  {licence || "–"}
                </span>
              ),
            },
            {
              key: "registered",
              header: "Registered",
              align: "right",
              hideBelow: "md",
              cell: ({ registeredHeight }) =>
                registeredHeight === 0 ? "genesis" : <Height height={registeredHeight} />,
            },
          ]}
        />
      </Card>
      <CompareBar chosen={chosen} clear={() => setChosen([])} />
    </Page>
  );
}

function Filters({
  arena,
  state,
  author,
  order,
  set,
}: {
  arena: string | undefined;
  state: string | undefined;
  author: string | undefined;
  order: string | undefined;
  set: ReturnType<typeof useSetQuery>;
}): ReactNode {
  const arenas = useApi<typeof getArenas>("/api/arenas");
  const choice = (text: string): string | undefined => (text === "" ? undefined : text);
  return (
    <div className="flex flex-wrap items-end gap-3 px-4 py-3 sm:px-5">
      <Select label="Arena" value={arena ?? ""} onChange={(value) => set({ arena: choice(value) })}>
        <option value="">all</option>
        {arenas.data?.value.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select label="Place" value={state ?? ""} onChange={(value) => set({ state: choice(value) })}>
        <option value="">any</option>
        {STATES.map((known) => (
          <option key={known} value={known}>
            {STATE_WORDS[known].word}
          </option>
        ))}
      </Select>
      <Select label="Order" value={order ?? "score"} onChange={(value) => set({ order: choice(value) })}>
        <option value="score">best first</option>
        <option value="newest">newest first</option>
      </Select>
      {author === undefined ? null : (
        <p className="pb-1.5 text-sm">
          Only by <Address address={author} />{" "}
          <button
            type="button"
            className="text-accent hover:underline"
            onClick={() => set({ author: undefined })}
          >
            show all
          </button>
        </p>
      )}
    </div>
  );
}

export function Select({
  label,
  value,
  onChange,
  children,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}): ReactNode {
  return (
    <label className="grid gap-1 text-xs text-muted">
      {label}
      <select
        className={`${inputClass} w-auto min-w-32`}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        {children}
      </select>
    </label>
  );
}

function Choose({
  model: { id, name },
  chosen,
  full,
  toggle,
}: {
  model: ModelSummary;
  chosen: boolean;
  full: boolean;
  toggle: (id: string) => void;
}): ReactNode {
  return (
    <input
      type="checkbox"
      className="mt-0.5 size-4 accent-accent"
      aria-label={`Compare ${name || id.slice(0, 8)}`}
      checked={chosen}
      disabled={full && !chosen}
      onChange={() => toggle(id)}
    />
  );
}

function CompareBar({ chosen, clear }: { chosen: readonly string[]; clear: () => void }): ReactNode {
  return (
    <div role="status" className="sticky bottom-4 z-10 flex justify-center empty:hidden">
      {chosen.length === 0 ? null : (
        <div className="flex flex-wrap items-center gap-3 rounded-xl border border-line bg-surface px-4 py-2.5 text-sm shadow-lg">
          <span>
            {chosen.length === 1 ? "1 model chosen: choose another" : `${chosen.length} models chosen`}
          </span>
          {chosen.length > 1 ? (
            <LinkButton kind="primary" to={`/compare?models=${chosen.join(",")}`}>
              Compare
            </LinkButton>
          ) : null}
          <button type="button" className="text-accent hover:underline" onClick={clear}>
            Clear
          </button>
        </div>
      )}
    </div>
  );
}
