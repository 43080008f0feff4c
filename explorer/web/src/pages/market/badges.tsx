import type { ReactNode } from "react";
import type { ChannelSummary, Service } from "../../../../wire/market.ts";
import { Badge } from "../../components/badge.tsx";

export function ServiceBadge({ status }: { status: Service["status"] }): ReactNode {
  switch (status) {
    case "active":
      return <Badge tone="good">active</Badge>;
    case "closed":
      return <Badge title="Its provider took it off the market">closed</Badge>;
    case "convicted":
      return (
        <Badge tone="bad" title="It signed a wrong answer and lost its bond">
          convicted
        </Badge>
      );
  }
}

export function ChannelBadge({ status }: { status: ChannelSummary["status"] }): ReactNode {
  switch (status) {
    case "open":
      return <Badge tone="good">open</Badge>;
    case "closing":
      return (
        <Badge tone="warn" title="The payer closes it; until the wait ends the provider may still claim">
          closing
        </Badge>
      );
    case "closed":
      return <Badge>closed</Badge>;
  }
}
