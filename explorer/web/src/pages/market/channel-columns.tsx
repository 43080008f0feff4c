import type { ReactNode } from "react";
import type { ChannelSummary } from "../../../../wire/market.ts";
import { TextLink } from "../../components/button.tsx";
import { formatCount } from "../../components/format.ts";
import type { Column } from "../../components/table.tsx";
import { Address, Amount, Code, ServiceLink, Time } from "../../components/values.tsx";
import { ChannelBadge } from "./badges.tsx";

/** Links to a channel. */
export function ChannelId({ id }: { id: string }): ReactNode {
  return (
    <TextLink to={`/channels/${id}`}>
      <Code text={id} />
    </TextLink>
  );
}

/** Of lists of channels. */
export const CHANNEL_COLUMNS: readonly Column<ChannelSummary>[] = [
  { key: "id", header: "Channel", cell: ({ id }) => <ChannelId id={id} /> },
  {
    key: "service",
    header: "Service",
    cell: ({ service }) => <ServiceLink id={service.id} name={service.name} />,
  },
  { key: "payer", header: "Payer", hideBelow: "sm", cell: ({ payer }) => <Address address={payer} /> },
  { key: "status", header: "Status", cell: ({ status }) => <ChannelBadge status={status} /> },
  {
    key: "deposited",
    header: "Deposited",
    align: "right",
    cell: ({ deposited, denom }) => <Amount amount={deposited} denom={denom} digits={4} />,
  },
  {
    key: "paid",
    header: "Paid",
    title: "What vouchers that were claimed add up to",
    align: "right",
    cell: ({ paid, denom }) => <Amount amount={paid} denom={denom} digits={4} />,
  },
  {
    key: "items",
    header: "Answers",
    align: "right",
    hideBelow: "sm",
    cell: ({ items }) => formatCount(BigInt(items)),
  },
  {
    key: "opened",
    header: "Opened",
    hideBelow: "md",
    cell: ({ openedTime, openedHeight }) => <Time time={openedTime} height={openedHeight} />,
  },
];
