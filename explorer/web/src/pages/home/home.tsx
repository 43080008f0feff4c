import { FlaskConical, Gavel } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import type { BlockSummary, getBlocks, getTxs, TxSummary } from "../../../../wire/chain.ts";
import type { getHome } from "../../../../wire/home.ts";
import type { getMarketTotals } from "../../../../wire/market.ts";
import type { getArenas } from "../../../../wire/poi-models.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount, plural } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Stat } from "../../components/stat.tsx";
import { DataTable, type Column } from "../../components/table.tsx";
import { Address, Amount, EpochLink, Height, ModelLink, Time, TxHash } from "../../components/values.tsx";
import { nameOfType } from "../chain/names.ts";
import { ArenaCards } from "./arenas.tsx";
import { EpochClock } from "./epoch-clock.tsx";

const ROWS = 8;
/** Of skeletons of cards. */
const FRAME = "rounded-xl border border-line bg-surface";

/** The start page: what this is, what one can do, and what is going on now. */
export function Home(): ReactNode {
  useEffect(() => {
    document.title = "Assay: AI whose answers can be checked";
  }, []);
  // Each part asks for itself, so that a new block draws only the parts it changed.
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <Hero />
      <Epoch />
      <Arenas />
      <Convictions />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <Blocks />
        <Txs />
      </div>
    </div>
  );
}

function Epoch(): ReactNode {
  const home = useApi<typeof getHome>("/api/home");
  return (
    <Loaded result={home} lines={5} height={`${FRAME} min-h-70.75 sm:min-h-53.25`}>
      {(value) => <EpochClock home={value} />}
    </Loaded>
  );
}

function Arenas(): ReactNode {
  const arenas = useApi<typeof getArenas>("/api/arenas");
  return (
    <section aria-labelledby="arenas" className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div>
          <h2 id="arenas" className="text-base font-semibold">
            Arenas
          </h2>
          <p className="text-sm text-muted">
            One task each. Models compete on hidden items; a step down is an improvement the chain has
            confirmed.
          </p>
        </div>
        <More to="/arenas">All arenas</More>
      </div>
      <Loaded
        result={arenas}
        lines={6}
        height={`${FRAME} min-h-64`}
        isEmpty={({ value }) => value.length === 0}
        empty={
          <Card>
            <Empty title="No arena yet">Arenas are set in genesis or created by a transaction.</Empty>
          </Card>
        }
      >
        {({ value }) => <ArenaCards arenas={value} />}
      </Loaded>
    </section>
  );
}

/** From a part of this page to the page about it. */
function More({ to, children }: { to: string; children: ReactNode }): ReactNode {
  return (
    <TextLink to={to} className="text-sm text-accent hover:underline">
      {children}
    </TextLink>
  );
}

function Hero(): ReactNode {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-6 rounded-xl border border-line bg-surface p-5 sm:p-7 lg:grid-cols-[minmax(0,1fr)_auto] lg:items-center">
      <div className="max-w-2xl">
        <h1 tabIndex={-1} className="text-2xl leading-tight font-semibold tracking-tight xl:text-3xl">
          AI models that a blockchain measures, and whose answers you can check
        </h1>
        <p className="mt-2 text-muted xl:text-lg">
          Models compete on hidden tasks, the chain re-runs them to know how good each one is, and you pay
          only for answers that your own browser can compute again, bit for bit.
        </p>
        <div className="mt-5 flex flex-wrap gap-3">
          <LinkButton to="/play" kind="primary" document className="min-h-11 text-base sm:px-5">
            <FlaskConical className="size-4.5" aria-hidden="true" />
            Try a model and check its answer
          </LinkButton>
          <LinkButton to="/models" className="min-h-11 text-base sm:px-5">
            See all models
          </LinkButton>
        </div>
      </div>
      <MarketTotals />
    </section>
  );
}

function MarketTotals(): ReactNode {
  const totals = useApi<typeof getMarketTotals>("/api/market/totals");
  return (
    <div className="lg:w-80 lg:border-l lg:border-line lg:pl-7">
      <Loaded result={totals} lines={4} height="min-h-30 p-0">
        {({ totals: coins, services }) => {
          const own = coins.find(({ denom }) => denom === "uassay");
          return (
            <dl className="grid grid-cols-2 gap-x-6 gap-y-4">
              <Stat label="Paid answers" title="Items that buyers paid for, as claimed on the chain">
                {formatCount(coins.reduce((sum, { items }) => sum + BigInt(items), 0n))}
              </Stat>
              <Stat label="Open services" title="Listings one can buy answers from">
                {formatCount(services.value.active)}
              </Stat>
              <Stat
                label="Paid to providers and authors"
                title="Moved to providers, authors and the protocol"
              >
                <Amount amount={own?.paid ?? "0"} />
              </Stat>
              <Stat label="Burned fees" title="Half of the protocol's fee on every answer is destroyed">
                <Amount amount={own?.burned ?? "0"} digits={4} />
              </Stat>
            </dl>
          );
        }}
      </Loaded>
    </div>
  );
}

/** Wrong records that were found, when there are any. */
function Convictions(): ReactNode {
  const convictions = useApi<typeof getHome>("/api/home").data?.convictions;
  if (convictions === undefined || convictions.total === 0) return null;
  const { total, newest } = convictions;
  return (
    <Card
      title={
        <span className="inline-flex items-center gap-2">
          <Gavel className="size-4 text-bad" aria-hidden="true" />
          {plural(total, "wrong record")} found
        </span>
      }
      lead="Scorers that recorded an answer the model does not give. Their bond was cut."
      actions={<More to="/convictions">All convictions</More>}
    >
      <ul className="grid gap-1.5 text-sm leading-6">
        {newest.map(({ epoch, slot, scorer, model, height, time }) => (
          <li key={`${epoch}/${scorer}`}>
            <Address address={scorer} /> on <ModelLink id={model} /> in epoch <EpochLink epoch={epoch} />,{" "}
            <TextLink to={`/epochs/${epoch}/slots/${slot}`}>slot {slot}</TextLink>
            <span className="text-muted">
              <Time time={time} height={height} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const BLOCK_COLUMNS: readonly Column<BlockSummary>[] = [
  { key: "height", header: "Height", cell: ({ height }) => <Height height={height} /> },
  { key: "time", header: "Age", cell: ({ time, height }) => <Time time={time} height={height} /> },
  {
    key: "proposer",
    header: "Proposer",
    hideBelow: "sm",
    cell: ({ proposer }) =>
      proposer.operator === null ? (
        <span className="text-muted">unknown</span>
      ) : (
        <Address address={proposer.operator} name={proposer.moniker ?? undefined} />
      ),
  },
  { key: "txs", header: "Transactions", align: "right", cell: ({ txs }) => formatCount(txs) },
];

function Blocks(): ReactNode {
  const blocks = useApi<typeof getBlocks>("/api/blocks", { query: { limit: ROWS } });
  return (
    <Card title="Newest blocks" actions={<More to="/blocks">All blocks</More>} flush>
      <Loaded result={blocks} lines={ROWS} height="min-h-92">
        {({ items }) => (
          <DataTable
            caption="Newest blocks"
            columns={BLOCK_COLUMNS}
            rows={items}
            rowKey={({ height }) => String(height)}
            empty={<Empty title="No block is indexed yet" />}
          />
        )}
      </Loaded>
    </Card>
  );
}

/** What a transaction does, by its first message, and how many more it has. */
function What({ types: [first], messageCount }: Pick<TxSummary, "types" | "messageCount">): ReactNode {
  if (first === undefined) return <span className="text-muted">unreadable</span>;
  return (
    <>
      {nameOfType(first)}
      {messageCount > 1 ? <span className="text-muted">and {messageCount - 1} more</span> : null}
    </>
  );
}

const TX_COLUMNS: readonly Column<TxSummary>[] = [
  { key: "hash", header: "Hash", cell: ({ hash }) => <TxHash hash={hash} /> },
  {
    key: "what",
    header: "What",
    cell: ({ types, messageCount, code }) => (
      <span className="flex flex-wrap items-center gap-x-2">
        <What types={types} messageCount={messageCount} />
        {code === 0 ? null : <Badge tone="bad">failed</Badge>}
      </span>
    ),
  },
  {
    key: "from",
    header: "From",
    hideBelow: "md",
    cell: ({ signers: [signer] }) => (signer === undefined ? "–" : <Address address={signer} />),
  },
  {
    key: "time",
    header: "Age",
    align: "right",
    cell: ({ time, height }) => <Time time={time} height={height} />,
  },
];

function Txs(): ReactNode {
  const txs = useApi<typeof getTxs>("/api/txs", { query: { limit: ROWS } });
  return (
    <Card title="Newest transactions" actions={<More to="/txs">All transactions</More>} flush>
      <Loaded result={txs} lines={ROWS} height="min-h-92">
        {({ items }) => (
          <DataTable
            caption="Newest transactions"
            columns={TX_COLUMNS}
            rows={items}
            rowKey={({ hash, height, index }) => `${height}/${index}/${hash}`}
            empty={<Empty title="No transaction yet" />}
          />
        )}
      </Loaded>
    </Card>
  );
}
