import { useEffect, type ReactNode } from "react";
import type { getSlots, SlotSummary } from "../../../../wire/poi-epochs.ts";
import { useApiPages } from "../../api/use-api.ts";
import { TextLink } from "../../components/button.tsx";
import { cx } from "../../components/cx.ts";
import { Empty } from "../../components/empty.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { ArenaLink } from "../../components/values.tsx";
import { ScorerLink } from "./faults.tsx";
import { scorerName, SLOT_STATES } from "./words.ts";

/** Slots that are drawn at once: more would not be read. */
const MAX_SLOTS = 2_000;

/** Slots of an epoch by scorer and arena, each a square that tells how far it is. */
export function SlotGrid({ epoch, running }: { epoch: number; running: boolean }): ReactNode {
  const result = useApiPages<typeof getSlots>("/api/epochs/{epoch}/slots", {
    params: { epoch },
    query: { limit: 100 },
    forever: !running,
  });
  const slots = result.data?.pages.flatMap(({ items }) => items) ?? [];
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = result;
  const more = hasNextPage && slots.length < MAX_SLOTS;
  useEffect(() => {
    if (more && !isFetchingNextPage) void fetchNextPage();
  }, [more, isFetchingNextPage, fetchNextPage]);
  return (
    <Loaded result={result} lines={6}>
      {() =>
        slots.length === 0 ? (
          <Empty title="No slots">
            {running ? "They are drawn at the end of the phase BEACON." : "Nothing was drawn in this epoch."}
          </Empty>
        ) : (
          <Grid slots={slots} />
        )
      }
    </Loaded>
  );
}

function Grid({ slots }: { slots: readonly SlotSummary[] }): ReactNode {
  const scorers = [...Map.groupBy(slots, ({ scorer }) => scorer.address).values()].sort(([a], [b]) =>
    a === undefined || b === undefined ? 0 : scorerName(a.scorer).localeCompare(scorerName(b.scorer), "en"),
  );
  const arenas = [...Map.groupBy(slots, ({ arena }) => arena.id).values()].flatMap(([first]) =>
    first === undefined ? [] : [first.arena],
  );
  const states = Object.entries(SLOT_STATES).filter(([state]) => slots.some((slot) => slot.state === state));
  return (
    <div>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Slots by scorer and arena">
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">Slots by scorer and arena</caption>
          <thead>
            <tr className="text-left text-xs text-muted">
              <th scope="col" className="py-2 pr-4 font-medium">
                Scorer
              </th>
              {arenas.map((arena) => (
                <th key={arena.id} scope="col" className="py-2 pr-4 font-medium">
                  <ArenaLink {...arena} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {scorers.map((own) => (
              <tr key={own[0]?.scorer.address} className="border-t border-line">
                <th scope="row" className="py-2 pr-4 text-left font-normal whitespace-nowrap">
                  {own[0] === undefined ? null : <ScorerLink scorer={own[0].scorer} />}
                </th>
                {arenas.map((arena) => (
                  <td key={arena.id} className="py-2 pr-4">
                    <ul className="flex flex-wrap gap-1">
                      {own
                        .filter((slot) => slot.arena.id === arena.id)
                        .map((slot) => (
                          <li key={slot.slot}>
                            <Square slot={slot} />
                          </li>
                        ))}
                    </ul>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted" aria-label="Colours">
        {states.map(([state, { mark, word, meaning }]) => (
          <li key={state} className="flex items-center gap-1.5" title={meaning}>
            <span className={cx("size-3 rounded-sm border", mark)} aria-hidden="true" />
            {word}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Square({ slot }: { slot: SlotSummary }): ReactNode {
  const { word, mark } = SLOT_STATES[slot.state];
  const why = slot.voidReason === "" ? "" : `: ${slot.voidReason}`;
  const text = `Slot ${slot.slot}, ${word}${why}`;
  return (
    <TextLink
      to={`/epochs/${slot.epoch}/slots/${slot.slot}`}
      title={text}
      aria-label={text}
      className={cx("block size-6 rounded-sm border hover:opacity-75", mark)}
    />
  );
}
