import { Search } from "lucide-react";
import { useState, type ReactNode } from "react";
import { grouped, kindName, pathOf } from "../../app/found.ts";
import { useSearchResults } from "../../app/search-results.ts";
import { useQueryParam, useSetQuery } from "../../app/params.ts";
import { Button, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { inputClass } from "../../components/field.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { plural } from "../../components/format.ts";

/** Search as a page, so that a search has an address. */
export function SearchPage(): ReactNode {
  const query = (useQueryParam("q") ?? "").trim().slice(0, 200);
  return (
    <Page
      title="Search"
      documentTitle={query === "" ? "Search" : `Search: ${query}`}
      lead="Blocks, transactions, addresses, models, services, arenas and epochs by number, id or name."
    >
      {/* A new form for each search, so that going back fills in what was asked then. */}
      <SearchForm key={query} query={query} />
      {query === "" ? null : <Results query={query} />}
    </Page>
  );
}

function SearchForm({ query }: { query: string }): ReactNode {
  const setQuery = useSetQuery();
  const [text, setText] = useState(query);
  return (
    <form
      role="search"
      className="flex max-w-2xl gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        setQuery({ q: text.trim() || undefined });
      }}
    >
      <input
        type="search"
        aria-label="Search for"
        className={inputClass}
        maxLength={200}
        value={text}
        placeholder="Height, hash, address, model, service, arena"
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" kind="primary">
        <Search className="size-4" aria-hidden="true" />
        Search
      </Button>
    </form>
  );
}

function Results({ query }: { query: string }): ReactNode {
  return (
    <Loaded
      result={useSearchResults(query)}
      isEmpty={({ items }) => items.length === 0}
      empty={
        <Card>
          <Empty title="Nothing found">
            Heights and ids are numbers; hashes and model ids may be cut off after four characters; addresses
            must be whole; names may be parts.
          </Empty>
        </Card>
      }
    >
      {({ items }) => (
        <>
          <p role="status" className="text-sm text-muted">
            {plural(items.length, "result")}
          </p>
          {grouped(items).map(({ group, mixed, items: members }) => (
            <Card key={group} title={group} flush>
              <ul>
                {members.map((item) => (
                  <li
                    key={pathOf(item)}
                    className="border-t border-line px-4 py-2.5 first:border-t-0 sm:px-5"
                  >
                    <div className="flex flex-wrap items-baseline gap-x-3">
                      {mixed ? <span className="w-24 text-xs text-muted">{kindName(item.kind)}</span> : null}
                      <TextLink to={pathOf(item)}>
                        {item.name || <span className="font-mono">{item.id}</span>}
                      </TextLink>
                      <span className="text-sm text-muted">{item.detail}</span>
                    </div>
                  </li>
                ))}
              </ul>
            </Card>
          ))}
        </>
      )}
    </Loaded>
  );
}
