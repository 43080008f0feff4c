import type { ReactNode } from "react";
import { formatPercent, share } from "../../components/format.ts";
import { Amount } from "../../components/values.tsx";
import type { Tally } from "../../../../wire/staking.ts";

export const OPTIONS = [
  { key: "yes", name: "Yes", bar: "bg-good", title: "For it" },
  { key: "no", name: "No", bar: "bg-bad", title: "Against it" },
  { key: "veto", name: "Veto", bar: "bg-warn", title: "Against it, and its deposit should be burned" },
  { key: "abstain", name: "Abstain", bar: "bg-line-strong", title: "Counts for the quorum only" },
] as const;

/** Stake of everyone who voted. */
export function votedStake({ yes, no, veto, abstain }: Tally): bigint {
  return BigInt(yes) + BigInt(no) + BigInt(veto) + BigInt(abstain);
}

/** How the votes divide, as one bar. */
export function TallyBar({ tally }: { tally: Tally }): ReactNode {
  const all = votedStake(tally).toString();
  const label = OPTIONS.map(({ key, name }) => `${name} ${formatPercent(share(tally[key], all))}`).join(", ");
  return (
    <div
      role="img"
      aria-label={all === "0" ? "No votes" : label}
      title={all === "0" ? "No votes" : label}
      className="flex h-2.5 w-full min-w-24 overflow-hidden rounded-full bg-surface-2"
    >
      {OPTIONS.map(({ key, bar }) => (
        <div key={key} className={bar} style={{ width: `${share(tally[key], all) * 100}%` }} />
      ))}
    </div>
  );
}

/** The same in numbers. */
export function TallyNumbers({ tally }: { tally: Tally }): ReactNode {
  const all = votedStake(tally).toString();
  return (
    <dl className="mt-3 grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-x-6 gap-y-3 text-sm">
      {OPTIONS.map(({ key, name, bar, title }) => (
        <div key={key} title={title}>
          <dt className="flex items-center gap-1.5 text-muted">
            <span className={`size-2.5 rounded-full ${bar}`} aria-hidden="true" />
            {name}
          </dt>
          <dd>
            <span className="font-semibold">{formatPercent(share(tally[key], all))}</span>{" "}
            <span className="text-muted">
              <Amount amount={tally[key]} digits={0} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
