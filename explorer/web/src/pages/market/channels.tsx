import type { ReactNode } from "react";
import type { ChannelSummary, listChannels } from "../../../../wire/market.ts";
import { useApiPages } from "../../api/use-api.ts";
import { useQueryParam, useSetQuery } from "../../app/params.ts";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { inputClass } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { PagedTable } from "../../components/table.tsx";
import { CHANNEL_COLUMNS } from "./channel-columns.tsx";

const STATUSES: readonly ChannelSummary["status"][] = ["open", "closing", "closed"];

/** All channels, or those of a payer, a service or a status. */
export function Channels(): ReactNode {
  const payer = useQueryParam("payer");
  const service = useQueryParam("service");
  const asked = useQueryParam("status");
  const status = STATUSES.find((each) => each === asked);
  const setQuery = useSetQuery();
  const result = useApiPages<typeof listChannels>("/api/channels", {
    query: { ...(payer ? { payer } : {}), ...(service ? { service } : {}), ...(status ? { status } : {}) },
  });
  return (
    <Page
      title="Channels"
      lead="A buyer locks money once for one service and then pays every call with a signed voucher, without a transaction."
      actions={<LinkButton to="/transact/open-channel">Open a channel</LinkButton>}
    >
      <Card
        flush
        title={payer ? "Channels of one payer" : service ? "Channels of one service" : "All channels"}
        actions={
          <div className="flex flex-wrap items-center gap-3 text-sm">
            <label className="flex items-center gap-2">
              <span className="text-muted">Status</span>
              <select
                className={inputClass}
                value={status ?? ""}
                onChange={({ currentTarget }) => setQuery({ status: currentTarget.value || undefined })}
              >
                <option value="">all</option>
                {STATUSES.map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </select>
            </label>
            {payer || service ? <LinkButton to="/channels">Show all</LinkButton> : null}
          </div>
        }
      >
        <PagedTable
          caption="Channels, newest first"
          columns={CHANNEL_COLUMNS}
          result={result}
          rowKey={({ id }) => id}
          empty={<Empty title="No channels">None is like this.</Empty>}
        />
      </Card>
    </Page>
  );
}
