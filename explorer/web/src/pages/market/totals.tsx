import type { ReactNode } from "react";
import type { getMarketHistory, getMarketTotals } from "../../../../wire/market.ts";
import { useApi } from "../../api/use-api.ts";
import { Card } from "../../components/card.tsx";
import { LineChart } from "../../components/chart.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCompact, formatCount } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Stat, Stats } from "../../components/stat.tsx";
import { Amount } from "../../components/values.tsx";

const POINTS = 120;
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** What the market has turned over, in numbers and as it grew. */
export function Totals(): ReactNode {
  const totals = useApi<typeof getMarketTotals>("/api/market/totals");
  const history = useApi<typeof getMarketHistory>("/api/market/history", { query: { points: POINTS } });
  return (
    <Card title="Since the first block" lead="Answers that were paid for, and what became of the money.">
      <div className="grid gap-5">
        <Loaded result={totals} lines={2}>
          {({ totals: all, services }) => {
            const own = all.find(({ denom }) => denom === "uassay");
            return (
              <Stats>
                <Stat label="Services" title="On the market now">
                  {formatCount(services.value.active)}
                </Stat>
                <Stat label="Convicted" title="Services that signed a wrong answer and lost their bond">
                  {formatCount(services.value.convicted)}
                </Stat>
                <Stat
                  label="Answers paid"
                  title="Items that providers have claimed, counted at the price of the claim"
                >
                  {formatCount(BigInt(own?.items ?? "0"))}
                </Stat>
                <Stat label="Paid" title="By how much buyers’ vouchers moved their channels">
                  <Amount amount={own?.paid ?? "0"} digits={4} />
                </Stat>
                <Stat
                  label="Burned"
                  title="Half of the protocol’s fee is destroyed, half goes to the community pool"
                >
                  <Amount amount={own?.burned ?? "0"} digits={4} />
                </Stat>
                <Stat label="Channels opened">{formatCount(own?.channels ?? 0)}</Stat>
              </Stats>
            );
          }}
        </Loaded>
        <Loaded
          result={history}
          lines={5}
          isEmpty={({ points }) => points.length < 2}
          empty={
            <Empty title="No curve yet">It begins with the second block in which something is paid.</Empty>
          }
        >
          {({ points }) => (
            <LineChart
              caption="Answers paid for since the first block"
              x={points.map(({ time }) => Date.parse(time) / 1_000)}
              xLabel="Time"
              time
              series={[
                { name: "Answers paid", values: points.map(({ items }) => Number(items)), shape: "steps" },
              ]}
              format={formatCompact}
              formatX={(seconds) => TIME.format(seconds * 1_000)}
              chartHeight={180}
            />
          )}
        </Loaded>
      </div>
    </Card>
  );
}
