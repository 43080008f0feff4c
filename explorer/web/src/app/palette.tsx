import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { CornerDownLeft, Search } from "lucide-react";
import { Dialog } from "radix-ui";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Found } from "../../../wire/search.ts";
import type { ApiError } from "../api/fetch.ts";
import { useNetwork } from "../api/live.ts";
import { shorten } from "../components/format.ts";
import { useReturnFocus } from "../components/return-focus.ts";
import { grouped, kindName, pathOf } from "./found.ts";
import { PLACES, type Place } from "./navigation.ts";
import { useSearchResults } from "./search-results.ts";

/** Long enough to not ask with every key, short enough to not be noticed. */
const PAUSE_MS = 150;

const ITEM =
  "flex cursor-pointer items-center gap-3 rounded-lg px-3 py-2 text-sm data-[selected=true]:bg-accent-wash";
const GROUP =
  "[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted";

/** Search from anywhere: type, choose with the arrow keys, Enter. Closed by Escape. */
export function Palette({ onClose }: { onClose: () => void }): ReactNode {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const query = useDelayed(text.trim(), PAUSE_MS);
  const search = useSearchResults(query);
  const network = useNetwork();
  // Nothing of what was typed before: Enter must not open it.
  const found = query === text.trim() ? (search.data?.items ?? []) : [];
  const places = PLACES.flatMap(({ places: entries }) => entries)
    .filter(({ to }) => to !== "/faucet" || network?.faucet)
    .filter((place) => matches(place, text));
  const left = useRef(false);
  const returnFocus = useReturnFocus(() => !left.current);
  const go = (path: string): void => {
    left.current = true;
    onClose();
    void navigate({ href: path });
  };
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgb(8_12_18/0.5)]" />
        <Dialog.Content
          {...returnFocus}
          aria-describedby={undefined}
          className="fixed top-[10vh] left-1/2 z-50 w-[min(38rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-surface shadow-2xl"
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <Command label="Search" shouldFilter={false} loop>
            <div className="flex items-center gap-3 border-b border-line px-4">
              <Search className="size-4.5 shrink-0 text-muted" aria-hidden="true" />
              <Command.Input
                value={text}
                onValueChange={setText}
                maxLength={200}
                placeholder="Height, hash, address, model, service, arena or page"
                className="h-13 w-full bg-transparent text-base outline-none placeholder:text-muted"
              />
            </div>
            <Command.List className="max-h-[min(26rem,60vh)] overflow-y-auto overscroll-contain p-2">
              <Command.Empty className="px-3 py-6 text-center text-sm text-muted">
                {emptyText(query, text, search)}
              </Command.Empty>
              {grouped(found).map(({ group, mixed, items }) => (
                <Command.Group key={group} heading={group} className={GROUP}>
                  {items.map((item) => (
                    <Command.Item
                      key={pathOf(item)}
                      value={pathOf(item)}
                      className={ITEM}
                      onSelect={() => go(pathOf(item))}
                    >
                      <FoundLine item={item} mixed={mixed} />
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
              {places.length === 0 ? null : (
                <Command.Group heading="Pages" className={GROUP}>
                  {places.map(({ to, name, about, icon: Icon, document: whole }) => (
                    <Command.Item
                      key={to}
                      value={`page ${to}`}
                      className={ITEM}
                      onSelect={() => (whole ? location.assign(to) : go(to))}
                    >
                      <Icon className="size-4 shrink-0 text-muted" aria-hidden="true" />
                      <span className="font-medium whitespace-nowrap">{name}</span>
                      <span className="truncate text-muted">{about}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
            </Command.List>
            <p
              className="flex items-center gap-1.5 border-t border-line px-4 py-2 text-xs text-muted"
              aria-hidden="true"
            >
              <CornerDownLeft className="size-3.5" /> opens · ↑ ↓ choose · Esc closes
            </p>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** One result: what it is, its name or the middle-shortened id, and what tells it apart. */
function FoundLine({ item: { kind, id, name, detail }, mixed }: { item: Found; mixed: boolean }): ReactNode {
  return (
    <>
      {mixed ? <span className="w-22 shrink-0 text-xs text-muted">{kindName(kind)}</span> : null}
      <span className="min-w-0 truncate font-medium">
        {name || <span className="font-mono">{shorten(id, 14, 8)}</span>}
      </span>
      <span className="ml-auto truncate text-xs text-muted">{detail}</span>
    </>
  );
}

function emptyText(
  query: string,
  text: string,
  { isFetching, error }: { isFetching: boolean; error: ApiError | null },
): string {
  if (error !== null) return error.message;
  if (query !== text.trim() || isFetching) return "Searching …";
  return "Nothing found. Try a height, the start of a hash or id, an address, or a part of a name.";
}

function matches({ name, about }: Place, text: string): boolean {
  return `${name} ${about}`.toLowerCase().includes(text.trim().toLowerCase());
}

function useDelayed(value: string, byMs: number): string {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), byMs);
    return () => clearTimeout(timer);
  }, [value, byMs]);
  return delayed;
}
