import type { ReactNode } from "react";
import { useApi } from "../../api/use-api.ts";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Stat, Stats } from "../../components/stat.tsx";
import { DataTable, type Column } from "../../components/table.tsx";
import { Address, Amount, Ppm } from "../../components/values.tsx";
import type { AnswerOf } from "../../../../wire/route.ts";
import type { listValidators } from "../../../../wire/staking.ts";
import { StatusBadge } from "./status-badge.tsx";
import { UptimeBars } from "./uptime-bars.tsx";

type Row = AnswerOf<typeof listValidators>["value"]["validators"][number];

/** Everyone who makes, or made, the blocks. */
export function Validators(): ReactNode {
  const result = useApi<typeof listValidators>("/api/validators");
  return (
    <Page
      title="Validators"
      lead="They make the blocks and vouch for them with stake: their own, and that of everyone who delegates to them."
      actions={<LinkButton to="/transact/delegate">Delegate</LinkButton>}
    >
      <Loaded result={result} lines={8}>
        {({ value: { validators, bonded, window } }) => (
          <>
            <Card>
              <Stats>
                <Stat label="Active">
                  {formatCount(validators.filter(({ status }) => status === "bonded").length)}
                </Stat>
                <Stat label="Staked" title="Locked behind active validators">
                  <Amount amount={bonded} digits={0} />
                </Stat>
                <Stat label="Misses count for" title="Who misses too many of so many blocks is jailed">
                  {formatCount(window)} blocks
                </Stat>
              </Stats>
            </Card>
            <Card title="All validators" flush>
              <DataTable caption="Validators" columns={COLUMNS} rows={validators} rowKey={rowKey} />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}

const rowKey = ({ operator }: Row): string => operator;

const COLUMNS: readonly Column<Row>[] = [
  {
    key: "name",
    header: "Name",
    cell: ({ operator, moniker }) => <Address address={operator} name={moniker} />,
    sort: ({ moniker }) => moniker,
  },
  {
    key: "status",
    header: "State",
    cell: (row) => <StatusBadge validator={row} />,
    sort: (row) => row.status,
  },
  {
    key: "tokens",
    header: "Stake",
    align: "right",
    cell: ({ tokens }) => <Amount amount={tokens} digits={0} />,
    sort: ({ tokens }) => BigInt(tokens),
  },
  {
    key: "power",
    header: "Power",
    title: "Share of all stake, which is its weight in making blocks and in votes",
    align: "right",
    cell: ({ powerPpm }) => <Ppm ppm={powerPpm} />,
    sort: ({ powerPpm }) => powerPpm,
  },
  {
    key: "commission",
    header: "Commission",
    title: "What it keeps of the rewards of those who delegate to it",
    align: "right",
    hideBelow: "sm",
    cell: ({ commissionPpm }) => <Ppm ppm={commissionPpm} />,
    sort: ({ commissionPpm }) => commissionPpm,
  },
  {
    key: "missed",
    header: "Missed",
    title: "Blocks it did not sign within the slashing window",
    align: "right",
    hideBelow: "sm",
    cell: ({ missed }) => formatCount(missed),
    sort: ({ missed }) => missed,
  },
  {
    key: "uptime",
    header: "Last 100 blocks",
    title: "Short bars were signed, tall ones missed",
    hideBelow: "md",
    cell: ({ uptime }) => <UptimeBars uptime={uptime} />,
  },
];
