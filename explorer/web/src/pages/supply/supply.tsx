import type { ReactNode } from "react";
import { useApi, useApiPages, type ItemOf } from "../../api/use-api.ts";
import { Card } from "../../components/card.tsx";
import { LineChart } from "../../components/chart.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatAmount, formatCompact, formatCount, formatPercent, share } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Stat, Stats } from "../../components/stat.tsx";
import { DataTable, PagedTable, type Column } from "../../components/table.tsx";
import { Address, Amount, EpochLink, Height, Time } from "../../components/values.tsx";
import type { AnswerOf } from "../../../../wire/route.ts";
import type { getSupply, listSupplyEpochs, SupplyEpoch } from "../../../../wire/staking.ts";
import { holdings, SHARES, type Holding } from "./shares.ts";

type Answer = AnswerOf<typeof getSupply>;

/** How many coins there are, where they are, and where they come from and go. */
export function Supply(): ReactNode {
  const result = useApi<typeof getSupply>("/api/supply");
  const drawn = useApi<typeof listSupplyEpochs>("/api/supply/epochs", { query: { limit: 100 } });
  const listed = useApiPages<typeof listSupplyEpochs>("/api/supply/epochs");
  return (
    <Page
      title="Supply"
      lead="Coins are minted for measured work at the end of each epoch, and burned by fees and penalties."
    >
      <Loaded result={result} lines={8}>
        {(answer) => (
          <>
            <Totals answer={answer} />
            <Where answer={answer} />
          </>
        )}
      </Loaded>
      <Loaded result={drawn} lines={8}>
        {({ items }) => <Charts epochs={items.toReversed()} />}
      </Loaded>
      <Loaded result={result} lines={4}>
        {({ burned, since }) => <Burned burned={burned} since={since} />}
      </Loaded>
      <Card title="By epoch" lead="In ASSAY." flush>
        <PagedTable
          caption="What each epoch minted and burned, newest first"
          result={listed}
          columns={COLUMNS}
          rowKey={({ epoch }) => String(epoch)}
          empty={<Empty title="No epoch has ended yet" />}
        />
      </Card>
    </Page>
  );
}

function Totals({ answer: { value } }: { answer: Answer }): ReactNode {
  const { total, bonded, minted, cap, perBlock, nextHalving } = value;
  return (
    <Card>
      <Stats className="grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]">
        <Stat label="Supply" title="All coins there are">
          <Amount amount={total} digits={0} />
        </Stat>
        <Stat label="Staked">{formatPercent(share(bonded, total))}</Stat>
        <Stat label="Minted so far" title="By all epochs; the coins of the first block are not counted">
          <Amount amount={minted} digits={0} />
        </Stat>
        <Stat label="Of all that ever will be" title={`At most ${formatAmount(cap)} ASSAY are minted in all`}>
          {formatPercent(share(minted, cap))}
        </Stat>
        <Stat label="At most per block" title="What is not earned is not minted">
          <Amount amount={perBlock} />
        </Stat>
        {nextHalving === null ? null : (
          <Stat label="Next halving" title="From this block on half as much is minted">
            block {formatCount(nextHalving)}
          </Stat>
        )}
      </Stats>
    </Card>
  );
}

function Where({ answer: { value } }: { answer: Answer }): ReactNode {
  const rows = holdings(value);
  const columns: readonly Column<Holding>[] = [
    {
      key: "name",
      header: "Where",
      cell: ({ name, about }) => (
        <>
          {name} <span className="block text-xs text-muted">{about}</span>
        </>
      ),
    },
    {
      key: "amount",
      header: "Amount",
      align: "right",
      cell: ({ amount }) => <Amount amount={amount} digits={0} />,
    },
    {
      key: "share",
      header: "Share",
      align: "right",
      cell: ({ amount }) => formatPercent(share(amount, value.total)),
    },
  ];
  return (
    <Card title="Where the coins are" flush>
      <DataTable caption="Where the coins are" columns={columns} rows={rows} rowKey={({ name }) => name} />
    </Card>
  );
}

/** Millionths of a coin are far below what a chart shows. */
function coins(amount: string): number {
  return Number(BigInt(amount) / 1_000n) / 1_000;
}

function Charts({ epochs }: { epochs: readonly SupplyEpoch[] }): ReactNode {
  if (epochs.length < 2) return null;
  const x = epochs.map(({ epoch }) => epoch);
  const common = { x, xLabel: "Epoch", formatX: formatCount, format: formatCompact };
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <Card
        title="Minted per epoch"
        lead="In ASSAY, by who earned it. Authors earn more when their models add more."
        className="lg:col-span-2"
      >
        <LineChart
          {...common}
          caption="Coins minted per epoch, in ASSAY, by who earned them"
          series={SHARES.map(({ key, name }) => ({ name, values: epochs.map((epoch) => coins(epoch[key])) }))}
        />
      </Card>
      <Card title="Supply" lead="At the end of each epoch, in ASSAY.">
        <LineChart
          {...common}
          caption="Supply at the end of each epoch, in ASSAY"
          format={(value) => `${(value / 1_000_000).toFixed(4)} M`}
          series={[
            { name: "Supply", values: epochs.map(({ supply }) => (supply === null ? null : coins(supply))) },
          ]}
        />
      </Card>
      <Card title="Burned per epoch" lead="In ASSAY: half of the market's fees, registrations, penalties.">
        <LineChart
          {...common}
          caption="Coins burned per epoch, in ASSAY"
          format={(value) => String(value)}
          series={[{ name: "Burned", colour: 4, values: epochs.map(({ burned }) => coins(burned)) }]}
        />
      </Card>
    </div>
  );
}

type Burn = Answer["burned"][number];

const BURNERS: Readonly<Record<string, string>> = {
  poi: "Measuring: registration fees, penalties of scorers and sponsors",
  marketplace: "Market: half of the protocol's fee",
  bonded_tokens_pool: "Staking: penalties of validators",
  not_bonded_tokens_pool: "Staking: penalties of stake on its way back",
  gov: "Governance: deposits of vetoed proposals",
};

function Burned({ burned, since }: { burned: readonly Burn[]; since: number }): ReactNode {
  const columns: readonly Column<Burn>[] = [
    {
      key: "who",
      header: "By",
      cell: ({ account, module }) =>
        (module === null ? undefined : BURNERS[module]) ?? <Address address={account} />,
    },
    {
      key: "amount",
      header: "Burned",
      align: "right",
      cell: ({ amount }) => <Amount amount={amount} digits={6} />,
    },
  ];
  return (
    <Card
      title="Burned for good"
      lead={
        since === 0 ? null : (
          <>
            Since block <Height height={since} />, the first that is indexed here.
          </>
        )
      }
      flush
    >
      <DataTable
        caption="Who burned how much"
        columns={columns}
        rows={burned}
        rowKey={({ account }) => account}
        empty={<Empty title="Nothing was burned yet" />}
      />
    </Card>
  );
}

const COLUMNS: readonly Omit<Column<ItemOf<typeof listSupplyEpochs>>, "sort">[] = [
  { key: "epoch", header: "Epoch", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
  {
    key: "time",
    header: "Ended",
    hideBelow: "sm",
    cell: ({ time, height }) => <Time time={time} height={height} />,
  },
  { key: "minted", header: "Minted", align: "right", cell: ({ minted }) => <Plain amount={minted} /> },
  ...SHARES.map(({ key, name }) => ({
    key,
    header: name,
    align: "right" as const,
    hideBelow: "md" as const,
    cell: (row: SupplyEpoch) => <Plain amount={row[key]} />,
  })),
  { key: "burned", header: "Burned", align: "right", cell: ({ burned }) => <Plain amount={burned} /> },
  {
    key: "supply",
    header: "Supply after",
    align: "right",
    hideBelow: "md",
    cell: ({ supply }) => (supply === null ? "–" : <Plain amount={supply} digits={0} />),
  },
];

/** An amount whose unit stands above the table. */
function Plain({ amount, digits }: { amount: string; digits?: number }): ReactNode {
  return <span title={`${formatCount(BigInt(amount))} uassay`}>{formatAmount(amount, digits)}</span>;
}
