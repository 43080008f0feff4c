import type { ReactNode } from "react";
import type {
  ArenaPayouts,
  AuthorPay,
  getPayouts,
  ParticipantPay,
  Payouts,
} from "../../../../wire/poi-epochs.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../components/badge.tsx";
import { TextLink } from "../../components/button.tsx";
import { cx } from "../../components/cx.ts";
import { Empty } from "../../components/empty.tsx";
import { formatPercent, share } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { DataTable, type Column } from "../../components/table.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { Address, Amount, ModelLink } from "../../components/values.tsx";
import { ScorerLink, SponsorLink } from "./faults.tsx";

const SHARES = [
  { key: "authors", name: "Authors", mark: "bg-series-1", what: "of the models that hold steps" },
  { key: "scorers", name: "Scorers", mark: "bg-series-2", what: "for rows that stood" },
  { key: "sponsors", name: "Sponsors", mark: "bg-series-3", what: "for batches that counted" },
  { key: "validators", name: "Validators", mark: "bg-series-4", what: "for making blocks" },
  { key: "pool", name: "Community pool", mark: "bg-series-5", what: "which governance spends" },
] as const;

/** Everything an ended epoch paid, and that it adds up. */
export function PayoutParts({ epoch }: { epoch: number }): ReactNode {
  const result = useApi<typeof getPayouts>("/api/epochs/{epoch}/payouts", {
    params: { epoch },
    forever: true,
  });
  return (
    <Loaded result={result} lines={6}>
      {(payouts) => (
        <>
          <Minted payouts={payouts} />
          <div className="mt-5">
            <PerArena arenas={payouts.arenas} />
          </div>
        </>
      )}
    </Loaded>
  );
}

function Minted({ payouts: { emission, sums, addsUp } }: { payouts: Payouts }): ReactNode {
  const unpaid = (BigInt(emission.budget) - BigInt(emission.minted)).toString();
  return (
    <>
      <div className="flex h-3 overflow-hidden rounded-full bg-surface-2" aria-hidden="true">
        {SHARES.map(({ key, mark }) => (
          <div
            key={key}
            className={mark}
            style={{ width: `${share(emission[key], emission.budget) * 100}%` }}
          />
        ))}
      </div>
      <dl className="mt-3 grid gap-x-6 gap-y-2 text-sm sm:grid-cols-2 lg:grid-cols-3">
        {SHARES.map(({ key, name, mark, what }) => (
          <Part
            key={key}
            mark={mark}
            name={name}
            what={what}
            amount={emission[key]}
            whole={emission.budget}
          />
        ))}
        <Part
          mark="bg-surface-2 border border-line"
          name="Not minted"
          what="nobody earned it"
          amount={unpaid}
          whole={emission.budget}
        />
      </dl>
      <p className="mt-3 flex flex-wrap items-center gap-x-2 text-sm">
        <Badge tone={addsUp ? "good" : "bad"}>{addsUp ? "adds up" : "does not add up"}</Badge>
        <span>
          Every pay below adds up to its share, and the five shares to the{" "}
          <Amount amount={emission.minted} digits={6} /> that were minted of at most{" "}
          <Amount amount={emission.budget} digits={6} />.
        </span>
        {sums.funded === "0" ? null : (
          <span>
            Beside it <Amount amount={sums.funded} digits={6} /> came out of arenas' own pots.
          </span>
        )}
      </p>
    </>
  );
}

function Part(part: { mark: string; name: string; what: string; amount: string; whole: string }): ReactNode {
  const { mark, name, what, amount, whole } = part;
  return (
    <div className="flex items-baseline gap-2">
      <span className={cx("size-2.5 shrink-0 rounded-sm", mark)} aria-hidden="true" />
      <dt className="min-w-0 flex-1">
        {name} <span className="text-muted">{what}</span>
      </dt>
      <dd className="text-right">
        <Amount amount={amount} />{" "}
        <span className="text-xs text-muted">{formatPercent(share(amount, whole))}</span>
      </dd>
    </div>
  );
}

function PerArena({ arenas }: { arenas: readonly ArenaPayouts[] }): ReactNode {
  if (arenas.length === 0) return <Empty title="No arena was measured in this epoch" />;
  return (
    <Tabs
      label="Pays by arena"
      tabs={arenas.map((payouts) => ({
        key: String(payouts.arena.id),
        label: payouts.arena.name,
        content: () => <ArenaPays payouts={payouts} />,
      }))}
    />
  );
}

const authorColumns: readonly Column<AuthorPay>[] = [
  { key: "step", header: "Step", align: "right", cell: ({ step }) => step },
  { key: "model", header: "Model", cell: ({ model }) => <ModelLink {...model} /> },
  { key: "author", header: "Author", cell: ({ author }) => <Address address={author} />, hideBelow: "sm" },
  {
    key: "gain",
    header: "Gain",
    align: "right",
    title: "How much error the step removed, in bits: one bit is half of the errors",
    cell: ({ gain }) => (gain / 65_536).toFixed(3),
  },
  {
    key: "left",
    header: "Counts as",
    align: "right",
    title: "What is left of the gain: it fades with every settled epoch",
    cell: ({ decayed, age }) => (
      <span title={`${age} settled epochs after the step`}>{(decayed / 65_536).toFixed(3)}</span>
    ),
  },
  {
    key: "pay",
    header: "Pay",
    align: "right",
    cell: ({ emission }) => <Amount amount={emission} digits={6} />,
  },
];
const fundedColumn: Column<AuthorPay> = {
  key: "funded",
  header: "From the pot",
  align: "right",
  cell: ({ funded }) => <Amount amount={funded} digits={6} />,
};

function participantColumns(role: "scorer" | "sponsor", arena: number): readonly Column<ParticipantPay>[] {
  return [
    {
      key: "who",
      header: role === "scorer" ? "Scorer" : "Sponsor",
      cell: ({ address, moniker }) =>
        role === "scorer" ? (
          <ScorerLink scorer={{ address, moniker }} />
        ) : (
          <SponsorLink arena={arena} address={address} />
        ),
    },
    {
      key: "done",
      header: role === "scorer" ? "Rows that stood" : "Batches that counted",
      align: "right",
      cell: ({ done, assigned }) => `${done} of ${assigned}`,
    },
    { key: "pay", header: "Pay", align: "right", cell: ({ pay }) => <Amount amount={pay} digits={6} /> },
  ];
}

function ArenaPays({ payouts }: { payouts: ArenaPayouts }): ReactNode {
  const { arena, settled, reason, weight, weightSum, pots, divisor, authors, scorers, sponsors } = payouts;
  if (!settled) return <Empty title="This arena did not settle">{reason}. Nothing was minted for it.</Empty>;
  const funded = authors.some((pay) => pay.funded !== "0");
  return (
    <div className="grid gap-4">
      <p className="max-w-prose text-sm text-muted">
        <TextLink to={`/arenas/${arena.id}`} className="text-accent underline">
          {arena.name}
        </TextLink>{" "}
        has {weight} of {weightSum} parts of the weight: up to <Amount amount={pots.authors} /> for its
        authors, <Amount amount={pots.scorers} /> for scorers and <Amount amount={pots.sponsors} /> for
        sponsors. An author gets the pot times what the step counts as, divided by{" "}
        {(divisor / 65_536).toFixed(3)} bits.
      </p>
      <DataTable
        caption={`Authors paid in ${arena.name}`}
        columns={funded ? [...authorColumns, fundedColumn] : authorColumns}
        rows={authors}
        empty={<Empty title="No step earned anything" />}
        rowKey={({ step }) => String(step)}
      />
      <div className="grid gap-4 lg:grid-cols-2">
        <DataTable
          caption={`Scorers paid in ${arena.name}`}
          columns={participantColumns("scorer", arena.id)}
          rows={scorers}
          rowKey={({ address }) => address}
        />
        <DataTable
          caption={`Sponsors paid in ${arena.name}`}
          columns={participantColumns("sponsor", arena.id)}
          rows={sponsors}
          rowKey={({ address }) => address}
        />
      </div>
    </div>
  );
}
