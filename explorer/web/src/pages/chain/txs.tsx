import { useState, type ReactNode } from "react";
import { useQueryParam, useSetQuery } from "../../app/params.ts";
import { useApi, useApiPages } from "../../api/use-api.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { Field } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { PagedTable } from "../../components/table.tsx";
import type { getTxs, getTxTypes } from "../../../../wire/chain.ts";
import { moduleOfType, nameOfType } from "./names.ts";
import { txColumns, txKey } from "./tx-table.tsx";

/** All transactions, newest first; what is filtered for stands in the page's address. */
export function Txs(): ReactNode {
  const type = useQueryParam("type");
  const status = statusOf(useQueryParam("status"));
  const from = heightOf(useQueryParam("from"));
  const to = heightOf(useQueryParam("to"));
  const setQuery = useSetQuery();
  const txs = useApiPages<typeof getTxs>("/api/txs", { query: { limit: 25, type, status, from, to } });
  const filtered = [type, status, from, to].some((value) => value !== undefined);
  return (
    <Page
      title="Transactions"
      lead="What accounts asked the chain to do: send coins, post answers of models, open payment channels, vote."
    >
      <Card>
        <div className="grid grid-cols-2 items-start gap-4 lg:grid-cols-[2fr_1fr_1fr_1fr_auto]">
          <div className="max-lg:col-span-2">
            <TypeField value={type} onChange={(value) => setQuery({ type: value })} />
          </div>
          <Field label="Result">
            {(field) => (
              <select {...field} value={status ?? ""} onChange={(event) => setQuery({ status: event.target.value || undefined })}>
                <option value="">All</option>
                <option value="succeeded">Succeeded</option>
                <option value="failed">Failed</option>
              </select>
            )}
          </Field>
          <HeightField key={`from ${from}`} label="From block" value={from} onChange={(value) => setQuery({ from: value })} />
          <HeightField key={`to ${to}`} label="To block" value={to} onChange={(value) => setQuery({ to: value })} />
          <Button
            kind="ghost"
            className="mt-6"
            disabled={!filtered}
            onClick={() => setQuery({ type: undefined, status: undefined, from: undefined, to: undefined })}
          >
            Clear
          </Button>
        </div>
      </Card>
      <Card flush>
        <PagedTable
          caption="Transactions, newest first"
          columns={txColumns}
          result={txs}
          rowKey={txKey}
          empty={
            filtered ? (
              <Empty title="No transaction is like this">Try it with fewer filters.</Empty>
            ) : (
              <Empty title="No transaction yet">They appear here as soon as a block has one.</Empty>
            )
          }
        />
      </Card>
    </Page>
  );
}

function TypeField({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (type: string | undefined) => void;
}): ReactNode {
  const known = useApi<typeof getTxTypes>("/api/tx-types").data?.types ?? [];
  const types = value === undefined || known.includes(value) ? known : [...known, value];
  const modules = Map.groupBy(types, moduleOfType);
  return (
    <Field label="What it does">
      {(field) => (
        <select {...field} value={value ?? ""} onChange={(event) => onChange(event.target.value || undefined)}>
          <option value="">Anything</option>
          {[...modules].map(([module, ofModule]) => (
            <optgroup key={module} label={module}>
              {ofModule.map((type) => (
                <option key={type} value={type}>
                  {nameOfType(type)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A height that counts once the reader is done typing it. */
function HeightField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number | undefined;
  onChange: (height: string | undefined) => void;
}): ReactNode {
  const [text, setText] = useState(value === undefined ? "" : String(value));
  const valid = text === "" || heightOf(text) !== undefined;
  const done = (): void => {
    if (valid && text !== String(value ?? "")) onChange(text === "" ? undefined : text);
  };
  return (
    <Field label={label} error={valid ? undefined : "A whole number from 1 on"}>
      {(field) => (
        <input
          {...field}
          inputMode="numeric"
          value={text}
          onChange={(event) => setText(event.target.value.trim())}
          onBlur={done}
          onKeyDown={(event) => {
            if (event.key === "Enter") done();
          }}
        />
      )}
    </Field>
  );
}

function heightOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

function statusOf(text: string | undefined): "succeeded" | "failed" | undefined {
  return text === "succeeded" || text === "failed" ? text : undefined;
}
