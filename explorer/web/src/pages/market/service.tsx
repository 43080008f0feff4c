import type { ReactNode } from "react";
import type {
  Claim,
  getService,
  listChannels,
  listServiceClaims,
  listServiceEvents,
  ServiceEvent,
  ServiceState,
  Turnover,
} from "../../../../wire/market.ts";
import { useApi, useApiPages } from "../../api/use-api.ts";
import { usePathParam } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount, plural } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts, Stat, Stats } from "../../components/stat.tsx";
import { PagedTable, type Column } from "../../components/table.tsx";
import {
  Address,
  Amount,
  ArenaLink,
  Code,
  ExternalLink,
  Height,
  ModelLink,
  Ppm,
  Time,
  TxHash,
} from "../../components/values.tsx";
import { ServiceBadge } from "./badges.tsx";
import { CHANNEL_COLUMNS, ChannelId } from "./channel-columns.tsx";
import { Probes } from "./probes.tsx";
import { Split } from "./split.tsx";

/** Everything about one service. */
export function ServicePage(): ReactNode {
  const service = usePathParam("service");
  const result = useApi<typeof getService>("/api/services/{service}", { params: { service } });
  return (
    <Loaded result={result} lines={10}>
      {({ value, turnover }) => <Shown service={value} turnover={turnover} />}
    </Loaded>
  );
}

function Shown({ service, turnover }: { service: ServiceState; turnover: Turnover }): ReactNode {
  const { id, name, description, status, model, denom, price, bond } = service;
  const active = status === "active";
  return (
    <Page
      title={
        <>
          {name} <ServiceBadge status={status} />
        </>
      }
      documentTitle={name}
      lead={description || "Sells answers."}
      actions={
        active ? (
          <>
            <LinkButton to={`/play/${id}`} kind="primary" document>
              Try it
            </LinkButton>
            <LinkButton to={`/transact/open-channel?service=${id}`}>Open a channel</LinkButton>
          </>
        ) : null
      }
    >
      <Card>
        <Stats>
          <Stat label="Price of an answer">
            {price === "0" ? "free" : <Amount amount={price} denom={denom} digits={6} />}
          </Stat>
          <Stat
            label="Model is right"
            title="On hidden items, as the chain measured it; smoothed over epochs"
          >
            {service.smoothed === null ? "not measured" : <Ppm ppm={service.smoothed} />}
          </Stat>
          <Stat label="Promised" title="Where the model falls short of it, less of the money is released">
            {service.promise === null ? "nothing" : <Ppm ppm={service.promise} />}
          </Stat>
          <Stat label="Probes answered" title="Share of the scorers’ probes that got a right answer, median">
            {service.probes ? <Ppm ppm={service.probes.answered * 100} /> : "–"}
          </Stat>
          <Stat label="Half answered within" title="Median of the scorers’ probes; 95 of 100 in parentheses">
            {service.probes && service.probes.answered > 0
              ? `${service.probes.p50} ms (${service.probes.p95} ms)`
              : "–"}
          </Stat>
          <Stat label="Answers sold">{formatCount(BigInt(turnover.items))}</Stat>
          <Stat label="Bond" title="What a single wrong answer costs the provider">
            <Amount amount={bond} />
          </Stat>
        </Stats>
      </Card>
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <Card title="About">
          <Facts
            items={[
              ["Provider", <Address key="provider" address={service.provider} copy />],
              [
                "Model",
                model ? (
                  <ModelLink key="model" id={model.id} name={model.name} />
                ) : (
                  <Badge key="model" tone="warn">
                    none: nobody can check its answers
                  </Badge>
                ),
              ],
              service.arena
                ? ["Arena", <ArenaLink key="arena" id={service.arena.id} name={service.arena.name} />]
                : null,
              ["Address", <ExternalLink key="endpoint" href={service.endpoint} />],
              [
                "Protocol",
                service.interface === "oip.v2"
                  ? "Open Inference Protocol 2, paid by x402"
                  : service.interface,
              ],
              ["Signs with", <Code key="key" text={service.servingKey} full />],
              ["Listed at", <Height key="height" height={service.createdHeight} />],
              service.unlockHeight === null
                ? null
                : ["Answers with its bond up to", <Height key="unlock" height={service.unlockHeight} />],
              [
                "Turned over",
                <span key="turnover">
                  <Amount amount={turnover.paid} denom={denom} digits={6} /> in{" "}
                  {plural(turnover.claims, "claim")} of {plural(turnover.channels, "channel")}
                </span>,
              ],
            ]}
          />
        </Card>
        <Card
          title="Where a payment goes"
          lead="The split is fixed when a channel opens. Whatever the order of claims, everybody gets the same."
        >
          <div className="grid gap-4">
            <Split shares={service.split.shares} example={service.split.example} denom={denom} />
            <p className="text-sm text-muted">{promiseWords(service)}</p>
          </div>
        </Card>
      </div>
      <Card
        flush
        title="Probes"
        lead="Scorers are customers too: they buy answers, run the model themselves, and report. It informs; it pays nobody."
      >
        <Probes service={service} />
      </Card>
      <History service={service} />
      <Claims service={id} />
      <ChannelsOf service={id} />
    </Page>
  );
}

function promiseWords({ promise, graceBlocks }: ServiceState): string {
  const closing = `A buyer who closes a channel waits ${plural(graceBlocks, "block")}, so that the provider can claim what it is owed.`;
  return promise === null
    ? `This service promises no accuracy, so all that is claimed is released. ${closing}`
    : `If the model's measured accuracy falls below what is promised, only a part of what is claimed is released, at least half; the rest stays with the buyer. ${closing}`;
}

function History({ service: { id } }: { service: ServiceState }): ReactNode {
  const result = useApiPages<typeof listServiceEvents>("/api/services/{service}/history", {
    params: { service: id },
  });
  return (
    <Card flush title="History" lead="Listing, changes, closing and conviction.">
      <PagedTable
        caption="History of the service"
        columns={EVENT_COLUMNS}
        result={result}
        rowKey={({ height, kind }) => `${height} ${kind}`}
        empty={<Empty title="Nothing recorded">It was listed before the first block that is indexed.</Empty>}
      />
    </Card>
  );
}

const EVENT_COLUMNS: readonly Column<ServiceEvent>[] = [
  { key: "time", header: "When", cell: ({ time, height }) => <Time time={time} height={height} /> },
  { key: "what", header: "What", cell: (event) => <What event={event} /> },
  {
    key: "tx",
    header: "Transaction",
    hideBelow: "sm",
    cell: ({ tx }) => (tx === null ? "–" : <TxHash hash={tx} />),
  },
];

function What({ event }: { event: ServiceEvent }): ReactNode {
  switch (event.kind) {
    case "listed":
    case "updated":
      return (
        <>
          {event.kind === "listed" ? "Listed as" : "Changed to"} “{event.name}” for{" "}
          {event.price === "0" ? "nothing" : <Amount amount={event.price} denom={event.denom} digits={6} />}{" "}
          at {event.endpoint}
          {event.promise === 0 ? "" : ", promising "}
          {event.promise === 0 ? null : <Ppm ppm={event.promise} />}
        </>
      );
    case "closed":
      return (
        <>
          Closed by its provider; its bond answers up to block <Height height={event.unlockHeight} />
        </>
      );
    case "released":
      return (
        <>
          Bond of <Amount amount={event.bond.amount} denom={event.bond.denom} /> given back
        </>
      );
    case "convicted":
      return (
        <span className="text-bad">
          Convicted of a wrong answer, proved by <Address address={event.challenger} />: lost{" "}
          <Amount amount={event.slashed.amount} denom={event.slashed.denom} />
          {event.rewarded === "" ? null : (
            <>
              , of it <Amount amount={event.reward.amount} denom={event.reward.denom} /> to{" "}
              <Address address={event.rewarded} />
            </>
          )}
        </span>
      );
  }
}

function Claims({ service }: { service: number }): ReactNode {
  const result = useApiPages<typeof listServiceClaims>("/api/services/{service}/claims", {
    params: { service },
    query: { limit: 10 },
  });
  return (
    <Card flush title="Claims" lead="What its provider has taken out of channels, with its buyers’ vouchers.">
      <PagedTable
        caption="Claims of the service"
        columns={CLAIM_COLUMNS}
        result={result}
        rowKey={({ tx, channel }) => `${tx} ${channel}`}
        empty={<Empty title="No claims yet">A provider claims many calls at once, when it suits it.</Empty>}
      />
    </Card>
  );
}

const CLAIM_COLUMNS: readonly Column<Claim>[] = [
  { key: "time", header: "When", cell: ({ time, height }) => <Time time={time} height={height} /> },
  { key: "channel", header: "Channel", cell: ({ channel }) => <ChannelId id={channel} /> },
  { key: "items", header: "Answers", align: "right", cell: ({ items }) => formatCount(BigInt(items)) },
  {
    key: "paid",
    header: "Paid",
    align: "right",
    cell: ({ paid, denom }) => <Amount amount={paid} denom={denom} digits={6} />,
  },
  {
    key: "released",
    header: "Released",
    title: "Of what was paid, what the promise let go",
    align: "right",
    hideBelow: "sm",
    cell: ({ released, denom }) => <Amount amount={released} denom={denom} digits={6} />,
  },
  {
    key: "tx",
    header: "Transaction",
    hideBelow: "md",
    cell: ({ tx }) => (tx === null ? "–" : <TxHash hash={tx} />),
  },
];

function ChannelsOf({ service }: { service: number }): ReactNode {
  const result = useApiPages<typeof listChannels>("/api/channels", { query: { service, limit: 10 } });
  return (
    <Card flush title="Channels" lead="Buyers’ deposits for this service.">
      <PagedTable
        caption="Channels of the service"
        columns={CHANNEL_COLUMNS.filter(({ key }) => key !== "service")}
        result={result}
        rowKey={({ id }) => id}
        empty={<Empty title="No channels yet">A channel opens with a buyer’s first call.</Empty>}
      />
    </Card>
  );
}
