import type { ReactNode } from "react";
import type { ChannelState, ServiceState, Share } from "../../../../wire/market.ts";
import { formatPercent } from "../../components/format.ts";
import { Address, Amount } from "../../components/values.tsx";

const WORDS: Readonly<Record<Share["role"], readonly [name: string, why: string]>> = {
  provider: ["Provider", "runs the server that answers"],
  author: ["Author", "made the model, or one that it descends from"],
  burned: ["Burned", "destroyed: half of the protocol’s fee"],
  pool: ["Community pool", "the protocol’s fee, spent by votes"],
};
const COLOURS: Readonly<Record<Share["role"], string>> = {
  provider: "bg-series-1",
  author: "bg-series-2",
  burned: "bg-series-4",
  pool: "bg-series-6",
};

type Part = ChannelState["split"][number] & { amount?: string };

/** Who gets what of every payment, as a bar and a table. */
export function Split({
  shares,
  example,
  denom,
}: {
  shares: readonly Part[];
  example?: ServiceState["split"]["example"];
  denom: string;
}): ReactNode {
  return (
    <div className="grid gap-3">
      <div aria-hidden="true" className="flex h-3 gap-0.5 overflow-hidden rounded-full">
        {shares.map(({ role, bps }, i) => (
          <div key={i} className={COLOURS[role]} style={{ width: `${bps / 100}%` }} />
        ))}
      </div>
      <div className="overflow-x-auto">
        <table className="w-full text-sm">
          <caption className="sr-only">Who gets what of a payment</caption>
          <thead>
            <tr className="text-left text-xs text-muted">
              <th scope="col" className="py-1 font-medium">
                Who
              </th>
              <th scope="col" className="py-1 pl-3 text-right font-medium">
                Share
              </th>
              {example === undefined ? null : (
                <th scope="col" className="py-1 pl-3 text-right font-medium">
                  Of <Amount amount={example} denom={denom} />
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shares.map(({ role, recipient, bps, amount }, i) => (
              <tr key={i} className="border-t border-line">
                <th scope="row" className="py-1.5 text-left font-normal">
                  <span
                    className={`mr-2 inline-block size-2.5 rounded-full ${COLOURS[role]}`}
                    aria-hidden="true"
                  />
                  {WORDS[role][0]}
                  {recipient === null ? null : (
                    <>
                      {" "}
                      <Address address={recipient} />
                    </>
                  )}
                  <span className="block pl-4.5 text-xs text-muted">{WORDS[role][1]}</span>
                </th>
                <td className="py-1.5 pl-3 text-right align-top whitespace-nowrap">
                  {formatPercent(bps / 10_000)}
                </td>
                {example === undefined ? null : (
                  <td className="py-1.5 pl-3 text-right align-top">
                    <Amount amount={amount ?? "0"} denom={denom} digits={6} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
