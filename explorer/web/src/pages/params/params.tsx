import { Fragment, useMemo, type ReactNode } from "react";
import { useQueryParam, useSetQuery } from "../../app/params.ts";
import { useApi } from "../../api/use-api.ts";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { Field } from "../../components/field.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table.tsx";
import { Amount } from "../../components/values.tsx";
import type { getParams, Param, ParamModule } from "../../../../wire/staking.ts";
import { formatParam } from "./value.ts";

/** The parameters of all modules, with what they mean. */
export function Params(): ReactNode {
  const result = useApi<typeof getParams>("/api/params");
  const words = useQueryParam("q") ?? "";
  const setQuery = useSetQuery();
  return (
    <Page
      title="Parameters"
      lead="The rules everybody follows. Governance can change each of them by a vote, without new software."
    >
      <div className="max-w-md">
        <Field label="Find a rule">
          {(field) => (
            <input
              {...field}
              type="search"
              value={words}
              placeholder="bond, fee, voting …"
              onChange={(event) => setQuery({ q: event.target.value || undefined }, true)}
            />
          )}
        </Field>
      </div>
      <Loaded result={result} lines={12}>
        {({ value }) => <Modules modules={value} words={words} />}
      </Loaded>
    </Page>
  );
}

function Modules({ modules, words }: { modules: readonly ParamModule[]; words: string }): ReactNode {
  const found = useMemo(() => find(modules, words), [modules, words]);
  if (found.length === 0) {
    return (
      <Card>
        <Empty title="No rule has these words">Try fewer or other ones.</Empty>
      </Card>
    );
  }
  return found.map(({ module, title, about, params }) => (
    <Card key={module} title={title} lead={about} flush>
      <DataTable
        caption={`Parameters: ${title}`}
        columns={COLUMNS}
        rows={params}
        rowKey={({ name }) => name}
      />
    </Card>
  ));
}

/** Modules with the parameters in which every word occurs. */
function find(modules: readonly ParamModule[], text: string): ParamModule[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return modules
    .map((module) => ({
      ...module,
      params: module.params.filter(({ name, meaning }) => {
        const all =
          `${module.module} ${module.title} ${name.replaceAll("_", " ")} ${name} ${meaning}`.toLowerCase();
        return words.every((word) => all.includes(word));
      }),
    }))
    .filter(({ params }) => params.length > 0);
}

const COLUMNS: readonly Column<Param>[] = [
  {
    key: "name",
    header: "Rule",
    cell: ({ name, meaning }) => (
      <>
        <Name name={name} />
        <span className="block max-w-prose text-muted">{meaning}</span>
      </>
    ),
  },
  { key: "value", header: "Value", align: "right", cell: (param) => <Value param={param} /> },
];

/** May break behind its underscores. */
function Name({ name }: { name: string }): ReactNode {
  return (
    <span className="font-mono text-[0.92em]">
      {name.split(/(?<=[_.])/).map((part, index) => (
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}

function Value({ param: { value, unit } }: { param: Param }): ReactNode {
  if (unit === "uassay" && typeof value === "string" && /^\d+$/.test(value)) {
    return <Amount amount={value} digits={6} />;
  }
  return <span title={JSON.stringify(value)}>{formatParam(value, unit)}</span>;
}
