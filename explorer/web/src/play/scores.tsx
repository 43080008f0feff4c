import { Check, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { formatCount } from "../components/format.ts";
import type { Meaning } from "./meaning.ts";

const SHOWN = 6;

/** What the model puts out for each label, the best first, beside what this browser got. */
export function Scores({
  scores,
  expected,
}: {
  scores: Meaning["scores"];
  /** Of this browser, by index. */
  expected: Int32Array | undefined;
}): ReactNode {
  const [all, setAll] = useState(false);
  if (scores.length === 0) return null;
  const highest = scores[0]?.score ?? 0;
  const lowest = scores.at(-1)?.score ?? 0;
  const differs = (index: number, score: number): boolean =>
    expected !== undefined && expected[index] !== score;
  const shown = all
    ? scores
    : scores.filter(({ index, score }, rank) => rank < SHOWN || differs(index, score)).slice(0, 2 * SHOWN);
  return (
    <div className="grid gap-2">
      <table className="w-full text-sm">
        <caption className="sr-only">The model’s output for each label</caption>
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className="py-1 text-left font-medium">
              Label
            </th>
            <th scope="col" className="w-2/5 py-1 text-left font-medium max-sm:hidden">
              <span className="sr-only">As a bar</span>
            </th>
            <th
              scope="col"
              className="py-1 pl-2 text-right font-medium"
              title="Raw output of the model; the largest wins"
            >
              Provider
            </th>
            {expected ? (
              <th scope="col" className="py-1 pl-3 text-right font-medium">
                This browser
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ index, label, score }, rank) => (
            <tr key={index} className={differs(index, score) ? "bg-bad-wash" : ""}>
              <th scope="row" className={`py-1 text-left ${rank === 0 ? "font-semibold" : "font-normal"}`}>
                {label}
              </th>
              <td className="py-1 max-sm:hidden" aria-hidden="true">
                <div className="h-2 rounded-full bg-surface-2">
                  <div
                    className={`h-2 rounded-full ${rank === 0 ? "bg-accent" : "bg-line-strong"}`}
                    style={{ width: `${(100 * (score - lowest)) / Math.max(1, highest - lowest)}%` }}
                  />
                </div>
              </td>
              <td className="py-1 pl-2 text-right font-mono">{formatCount(score)}</td>
              {expected ? (
                <td className="py-1 pl-3 text-right font-mono whitespace-nowrap">
                  {formatCount(expected[index] ?? 0)}{" "}
                  {differs(index, score) ? (
                    <X className="inline size-3.5 text-bad" aria-label="differs" />
                  ) : (
                    <Check className="inline size-3.5 text-good" aria-label="the same" />
                  )}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
      {scores.length > SHOWN ? (
        <Button kind="ghost" className="justify-self-start" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${scores.length}`}
        </Button>
      ) : null}
    </div>
  );
}
