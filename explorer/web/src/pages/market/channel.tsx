import type { ReactNode } from "react";
import type { ChannelEvent, ChannelState, getChannel, listChannelEvents } from "../../../../wire/market.ts";
import { useHead } from "../../api/live.ts";
import { useApi, useApiPages } from "../../api/use-api.ts";
import { usePathParam } from "../../app/params.ts";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Copy } from "../../components/copy.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount, formatPercent, plural, share, shorten } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts } from "../../components/stat.tsx";
import { PagedTable, type Column } from "../../components/table.tsx";
import { Address, Amount, Code, Height, Ppm, ServiceLink, Time, TxHash } from "../../components/values.tsx";
import { ChannelBadge, ServiceBadge } from "./badges.tsx";
import { Split } from "./split.tsx";

/** A channel: where its deposit is, its lanes, its history. */
export function ChannelPage(): ReactNode {
  const channel = usePathParam("channel");
  const result = useApi<typeof getChannel>("/api/channels/{channel}", { params: { channel } });
  return (
    <Loaded result={result} lines={10}>
      {({ value }) => <Shown channel={value} />}
    </Loaded>
  );
}

function Shown({ channel }: { channel: ChannelState }): ReactNode {
  const { id, service, status } = channel;
  return (
    <Page
      title={
        <>
          Channel <Code text={id} /> <Copy text={id} what="id" /> <ChannelBadge status={status} />
        </>
      }
      documentTitle={`Channel ${shorten(id, 8, 6)}`}
      lead={
        <>
          Money locked for answers of <ServiceLink id={service.id} name={service.name} />. Vouchers pay out of
          it; what is left comes back when it closes.
        </>
      }
      actions={<Actions channel={channel} />}
    >
      <Card title="The deposit">
        <Deposit channel={channel} />
      </Card>
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <Card title="Terms">
          <Facts
            items={[
              [
                "Service",
                <span key="service">
                  <ServiceLink id={service.id} name={service.name} /> <ServiceBadge status={service.status} />
                </span>,
              ],
              ["Payer", <Address key="payer" address={channel.payer} copy />],
              channel.funder === channel.payer
                ? null
                : ["Whose coins", <Address key="funder" address={channel.funder} copy />],
              ["Vouchers signed with", <Code key="key" text={channel.voucherKey} full />],
              ["Opened at", <Height key="opened" height={channel.openedHeight} />],
              ["Wait when the payer closes", plural(channel.graceBlocks, "block")],
              [
                "Promise at opening",
                channel.promise === null ? (
                  "none: all that is claimed is released"
                ) : (
                  <Ppm key="promise" ppm={channel.promise} />
                ),
              ],
            ]}
          />
        </Card>
        <Card title="Where payments go" lead="Fixed when the channel opened.">
          <Split shares={channel.split} denom={channel.denom} />
        </Card>
      </div>
      <Card
        title="Lanes"
        lead="Calls at the same time use lanes of their own; each counts what was paid on it, and never falls."
      >
        <Lanes channel={channel} />
      </Card>
      <History id={id} />
    </Page>
  );
}

function Actions({ channel: { id, status, closeHeight, service } }: { channel: ChannelState }): ReactNode {
  const head = useHead();
  if (status === "closed") return null;
  if (status === "closing") {
    const left = (closeHeight ?? 0) - (head?.height ?? 0);
    return left <= 0 ? (
      <LinkButton to={`/transact/finalise-channel?channel=${id}`} kind="primary">
        Finalise: pay back what is left
      </LinkButton>
    ) : (
      <p className="text-sm text-muted">Can be finalised in {plural(left, "block")}.</p>
    );
  }
  return (
    <>
      {service.status === "active" ? (
        <LinkButton to={`/play/${service.id}`} kind="primary" document>
          Ask a question
        </LinkButton>
      ) : null}
      <LinkButton to={`/transact/top-up?channel=${id}`}>Top up</LinkButton>
      <LinkButton to={`/transact/close-channel?channel=${id}`}>Close</LinkButton>
    </>
  );
}

const PARTS = [
  { key: "released", name: "Paid out", colour: "bg-series-1", why: "claimed by the provider, and split" },
  { key: "avail", name: "Left", colour: "bg-series-2", why: "still pays for answers" },
  { key: "returned", name: "Given back", colour: "bg-series-8", why: "to whoever funded it" },
] as const;

/** deposited = paid out + left + given back */
function Deposit({ channel }: { channel: ChannelState }): ReactNode {
  const { deposited, denom } = channel;
  return (
    <div className="grid gap-4">
      <p className="text-2xl font-semibold">
        <Amount amount={deposited} denom={denom} digits={6} />
      </p>
      <div aria-hidden="true" className="flex h-4 gap-0.5 overflow-hidden rounded-full bg-surface-2">
        {PARTS.filter(({ key }) => channel[key] !== "0").map(({ key, colour }) => (
          <div key={key} className={colour} style={{ width: `${100 * share(channel[key], deposited)}%` }} />
        ))}
      </div>
      <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-3">
        {PARTS.map(({ key, name, colour, why }) => (
          <div key={key}>
            <dt className="text-sm text-muted">
              <span className={`mr-2 inline-block size-2.5 rounded-full ${colour}`} aria-hidden="true" />
              {name}
            </dt>
            <dd>
              <span className="font-semibold">
                <Amount amount={channel[key]} denom={denom} digits={6} />
              </span>{" "}
              <span className="text-xs text-muted">
                {formatPercent(share(channel[key], deposited))}, {why}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Lanes({ channel: { lanes, denom } }: { channel: ChannelState }): ReactNode {
  const used = lanes.flatMap((paid, lane) => (paid === "0" ? [] : [{ lane, paid }]));
  const unused = lanes.length - used.length;
  return (
    <div className="grid gap-3 text-sm">
      {used.length === 0 ? null : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-2">
          {used.map(({ lane, paid }) => (
            <li key={lane} className="flex justify-between gap-3 rounded-lg bg-surface-2 px-3 py-2">
              <span className="text-muted">Lane {lane}</span>
              <Amount amount={paid} denom={denom} digits={6} />
            </li>
          ))}
        </ul>
      )}
      <p className="text-muted">
        {used.length === 0 ? `Nothing was claimed on its ${plural(lanes.length, "lane")} yet.` : ""}
        {used.length > 0 && unused > 0
          ? `${formatCount(unused)} of ${plural(lanes.length, "lane")} not used.`
          : ""}
      </p>
    </div>
  );
}

const WORDS: Readonly<Record<ChannelEvent["kind"], string>> = {
  opened: "Opened with",
  "topped-up": "Topped up by",
  claimed: "Provider claimed",
  closing: "Payer began to close it",
  closed: "Closed, given back",
};

function History({ id }: { id: string }): ReactNode {
  const result = useApiPages<typeof listChannelEvents>("/api/channels/{channel}/history", {
    params: { channel: id },
  });
  return (
    <Card flush title="History">
      <PagedTable
        caption="History of the channel, newest first"
        columns={COLUMNS}
        result={result}
        rowKey={({ tx, kind, height }) => `${tx ?? height} ${kind}`}
        empty={<Empty title="Nothing recorded">It was opened before the first block that is indexed.</Empty>}
      />
    </Card>
  );
}

const COLUMNS: readonly Column<ChannelEvent>[] = [
  { key: "time", header: "When", cell: ({ time, height }) => <Time time={time} height={height} /> },
  {
    key: "what",
    header: "What",
    cell: ({ kind, account }) => (
      <>
        {WORDS[kind]}
        {account === null ? null : (
          <span className="text-xs text-muted">
            {" "}
            coins of <Address address={account} />
          </span>
        )}
      </>
    ),
  },
  {
    key: "amount",
    header: "Amount",
    align: "right",
    cell: ({ amount, denom }) =>
      amount === null ? "–" : <Amount amount={amount} denom={denom ?? undefined} digits={6} />,
  },
  {
    key: "tx",
    header: "Transaction",
    hideBelow: "sm",
    cell: ({ tx }) => (tx === null ? "–" : <TxHash hash={tx} />),
  },
];
