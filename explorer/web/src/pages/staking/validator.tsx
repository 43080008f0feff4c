import type { ReactNode } from "react";
import { usePathParam } from "../../app/params.ts";
import { useApi, useApiPages } from "../../api/use-api.ts";
import { LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { formatCount, formatDateTime, formatPercent, plural, share } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts, Stat, Stats } from "../../components/stat.tsx";
import { PagedTable, type Column } from "../../components/table.tsx";
import { Address, Amount, Code, ExternalLink, Height, Ppm } from "../../components/values.tsx";
import type { Coin } from "../../../../wire/common.ts";
import type { AnswerOf } from "../../../../wire/route.ts";
import type { getValidator, listDelegations, Uptime } from "../../../../wire/staking.ts";
import { describeMarks, missedHeights, signedShare } from "./marks.ts";
import { StatusBadge } from "./status-badge.tsx";
import { UptimeBars } from "./uptime-bars.tsx";

type Detail = AnswerOf<typeof getValidator>["value"];

/** One validator: its stake, who it belongs to, and whether it does its work. */
export function Validator(): ReactNode {
  const asked = usePathParam("address");
  const result = useApi<typeof getValidator>("/api/validators/{operator}", { params: { operator: asked } });
  const found = result.data?.value;
  return (
    <Page
      title={found?.moniker || "Validator"}
      lead="A validator makes blocks with others and vouches for them with stake."
      actions={
        found === undefined ? null : (
          <>
            <LinkButton kind="primary" to={`/transact/delegate?validator=${found.operator}`}>
              Delegate
            </LinkButton>
            <LinkButton to={`/transact/undelegate?validator=${found.operator}`}>Undelegate</LinkButton>
          </>
        )
      }
    >
      <Loaded result={result} lines={8}>
        {({ value, uptime }) => (
          <>
            <Overview validator={value} uptime={uptime} />
            <Signing validator={value} uptime={uptime} />
            <About validator={value} />
            <Delegations operator={value.operator} tokens={value.tokens} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Overview({ validator, uptime }: { validator: Detail; uptime: Uptime }): ReactNode {
  const { tokens, powerPpm, commissionPpm, selfBond, delegators } = validator;
  const signed = signedShare(uptime.marks);
  return (
    <Card>
      <Stats>
        <Stat label="State">
          <StatusBadge validator={validator} />
        </Stat>
        <Stat label="Stake">
          <Amount amount={tokens} digits={0} />
        </Stat>
        <Stat label="Power" title="Share of all stake">
          <Ppm ppm={powerPpm} />
        </Stat>
        <Stat label="Commission" title="What it keeps of the rewards of those who delegate to it">
          <Ppm ppm={commissionPpm} />
        </Stat>
        <Stat label="Own stake" title="Staked by the operator itself">
          <Amount amount={selfBond} digits={0} />
        </Stat>
        <Stat label="Delegators">{formatCount(delegators)}</Stat>
        <Stat label="Signed" title={`Of the last ${plural(uptime.marks.length, "block")}`}>
          {signed === null ? "–" : formatPercent(signed)}
        </Stat>
      </Stats>
    </Card>
  );
}

const SHOWN_MISSES = 30;

function Signing({ validator, uptime }: { validator: Detail; uptime: Uptime }): ReactNode {
  const { window, minSigned, missed, jailedUntil } = validator;
  const misses = missedHeights(uptime);
  return (
    <Card
      title="Signed blocks"
      lead={`It must sign ${formatCount(minSigned)} of every ${formatCount(window)} blocks, else it is jailed and loses stake. Short bars were signed, tall ones missed.`}
    >
      <UptimeBars uptime={uptime} />
      <p className="mt-2 text-sm text-muted">
        {uptime.marks === "" ? null : <>It {describeMarks(uptime.marks)} shown here. </>}
        By the chain&rsquo;s count it missed {formatCount(missed)} of the last {formatCount(window)}.
        {jailedUntil === null ? null : <> It is jailed until {formatDateTime(jailedUntil)} at least.</>}
      </p>
      {misses.length === 0 ? null : (
        <p className="mt-2 text-sm">
          Missed:{" "}
          {misses.slice(0, SHOWN_MISSES).map((height, index) => (
            <span key={height}>
              {index === 0 ? null : ", "}
              <Height height={height} />
            </span>
          ))}
          {misses.length > SHOWN_MISSES ? ` and ${formatCount(misses.length - SHOWN_MISSES)} more` : null}
        </p>
      )}
    </Card>
  );
}

function About({ validator }: { validator: Detail }): ReactNode {
  const { operator, account, consensus, website, securityContact, identity, details } = validator;
  const { maxCommissionPpm, maxCommissionChangePpm, minSelfBond, unbondsAt } = validator;
  return (
    <Card title="About">
      <Facts
        items={[
          ["Operator", <Address key="operator" address={operator} copy full />],
          ["Account", <Address key="account" address={account} copy full />],
          ["Address in blocks", <Code key="consensus" text={consensus} full />],
          website === "" ? null : ["Website", <ExternalLink key="website" href={website} />],
          securityContact === "" ? null : ["Security contact", securityContact],
          identity === "" ? null : ["Identity", identity],
          details === "" ? null : ["Details", details],
          [
            "Highest commission",
            <span key="commission">
              <Ppm ppm={maxCommissionPpm} />, rising by at most <Ppm ppm={maxCommissionChangePpm} /> a day
            </span>,
          ],
          ["Least own stake", <Amount key="least" amount={minSelfBond} digits={6} />],
          ["Rewards not withdrawn", <Coins key="rewards" coins={validator.outstandingRewards} />],
          ["Of these, commission", <Coins key="commission" coins={validator.commission} />],
          unbondsAt === null ? null : ["Has left at", formatDateTime(unbondsAt)],
        ]}
      />
    </Card>
  );
}

function Coins({ coins }: { coins: readonly Coin[] }): ReactNode {
  if (coins.length === 0) return "none";
  return coins.map(({ denom, amount }, index) => (
    <span key={denom}>
      {index === 0 ? null : ", "}
      <Amount amount={amount} denom={denom} />
    </span>
  ));
}

function Delegations({ operator, tokens }: { operator: string; tokens: string }): ReactNode {
  const result = useApiPages<typeof listDelegations>("/api/validators/{operator}/delegations", {
    params: { operator },
  });
  const columns: readonly Omit<Column<{ delegator: string; amount: string }>, "sort">[] = [
    { key: "delegator", header: "Account", cell: ({ delegator }) => <Address address={delegator} /> },
    { key: "amount", header: "Stake", align: "right", cell: ({ amount }) => <Amount amount={amount} /> },
    {
      key: "share",
      header: "Share",
      align: "right",
      cell: ({ amount }) => formatPercent(share(amount, tokens)),
    },
  ];
  return (
    <Card title="Who stakes here" flush>
      <PagedTable
        caption="Delegations"
        result={result}
        columns={columns}
        rowKey={({ delegator }) => delegator}
      />
    </Card>
  );
}
