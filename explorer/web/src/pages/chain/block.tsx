import { useNavigate } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useLayoutEffect, useState, type ReactNode } from "react";
import { usePathParam } from "../../app/params.ts";
import { useHead } from "../../api/live.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Copy } from "../../components/copy.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatCount, formatDateTime, plural } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts } from "../../components/stat.tsx";
import { DataTable } from "../../components/table.tsx";
import { Code, Time } from "../../components/values.tsx";
import type { Block as BlockAnswer, getBlock } from "../../../../wire/chain.ts";
import { Events } from "./events.tsx";
import { SignerName } from "./signer.tsx";
import { txColumns, txKey } from "./tx-table.tsx";
import { useMissing, Waiting } from "./waiting.tsx";

/** A block. The arrow keys lead to the ones before and after it. */
export function Block(): ReactNode {
  const text = usePathParam("height");
  // Heights stay far below what a number holds exactly.
  const height = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
  if (height === undefined) {
    return (
      <Page title="No block">
        <Card>
          <Empty title="There is no block of this height">
            Heights are whole numbers from 1 on. <TextLink to="/blocks">See the newest blocks.</TextLink>
          </Empty>
        </Card>
      </Page>
    );
  }
  return <BlockAt key={height} height={height} />;
}

function BlockAt({ height }: { height: number }): ReactNode {
  // With the next block, which tells who signed this one, it is complete.
  const [complete, setComplete] = useState(false);
  const result = useApi<typeof getBlock>("/api/blocks/{height}", { params: { height }, forever: complete });
  const signatures = result.data?.signatures;
  useEffect(() => setComplete(signatures !== undefined && signatures !== null), [signatures]);
  const newest = Math.max(useHead()?.height ?? 0, result.data?.newest ?? 0);
  const missing = useMissing(result);
  const previous = height > 1 ? `/blocks/${height - 1}` : undefined;
  const next = height < newest ? `/blocks/${height + 1}` : undefined;
  useArrowKeys(previous, next);
  return (
    <Page
      title={`Block ${formatCount(height)}`}
      lead="What the validators agreed on at this height: transactions in order, and what the chain did by itself."
      actions={
        <>
          {previous === undefined ? null : (
            <LinkButton to={previous}>
              <ChevronLeft className="size-4" aria-hidden="true" />
              {formatCount(height - 1)}
              <span className="sr-only">, the block before (left arrow key)</span>
            </LinkButton>
          )}
          {next === undefined ? null : (
            <LinkButton to={next}>
              {formatCount(height + 1)}
              <span className="sr-only">, the next block (right arrow key)</span>
              <ChevronRight className="size-4" aria-hidden="true" />
            </LinkButton>
          )}
        </>
      }
    >
      {missing && height > newest ? (
        <Waiting
          title={`Waiting for block ${formatCount(height)}`}
          late={
            <>
              It may take long. <TextLink to="/blocks">See the newest blocks.</TextLink>
            </>
          }
        >
          The newest block is {formatCount(newest)}. This page shows the block as soon as it is there.
        </Waiting>
      ) : (
        <Loaded result={result}>{(block) => <BlockParts block={block} />}</Loaded>
      )}
    </Page>
  );
}

function BlockParts({ block }: { block: BlockAnswer }): ReactNode {
  const { height, signatures, transactions, events } = block;
  const absent = signatures?.filter(({ signed }) => !signed) ?? [];
  return (
    <>
      <Card>
        <Facts
          items={[
            [
              "Time",
              <>
                <Time time={block.time} /> <span className="text-muted">· {formatDateTime(block.time)}</span>
              </>,
            ],
            [
              "Hash",
              <>
                <Code text={block.hash} full />
                <Copy text={block.hash} what="hash" />
              </>,
            ],
            ["Put together by", <SignerName signer={block.proposer} />],
            [
              "Signed by",
              signatures === null ? (
                <span className="text-muted">the next block will tell</span>
              ) : (
                <>
                  {formatCount(signatures.length - absent.length)} of {plural(signatures.length, "validator")}
                  {absent.length === 0 ? null : (
                    <>
                      {" "}
                      <span className="text-warn">
                        without{" "}
                        {absent.map((signer, index) => (
                          <span key={signer.address}>
                            {index === 0 ? null : ", "}
                            <SignerName signer={signer} />
                          </span>
                        ))}
                      </span>
                    </>
                  )}
                </>
              ),
            ],
            [
              "Gas",
              <>
                {formatCount(block.gasUsed)} used of {formatCount(block.gasWanted)} that its transactions asked for
              </>,
            ],
          ]}
        />
      </Card>
      <Card
        flush
        title={
          <>
            {plural(block.txs, "transaction")}
            {block.failedTxs === 0 ? null : (
              <>
                {" "}
                <Badge tone="bad">{formatCount(block.failedTxs)} failed</Badge>
              </>
            )}
          </>
        }
        actions={
          block.txs > transactions.length ? (
            <TextLink to={`/txs?from=${height}&to=${height}`}>All of them</TextLink>
          ) : undefined
        }
      >
        <DataTable
          caption={`Transactions of block ${height}`}
          columns={txColumns.filter(({ key }) => key !== "height" && key !== "time")}
          rows={transactions}
          rowKey={txKey}
          empty={<Empty title="No transaction in this block" />}
        />
      </Card>
      <Card title="What the chain did by itself" lead="Events at the beginning and the end of the block, outside of transactions.">
        {events.length === 0 ? <p className="text-sm text-muted">Nothing.</p> : <Events events={events} />}
        {block.omittedEvents === 0 ? null : (
          <p className="mt-2 text-sm text-muted">… and {plural(block.omittedEvents, "event")} more.</p>
        )}
      </Card>
    </>
  );
}

/** Left and right lead to these pages, unless the reader is typing or scrolls something. */
function useArrowKeys(left: string | undefined, right: string | undefined): void {
  const navigate = useNavigate();
  // Before the browser paints: a quick second key press must not be counted from the page before.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
      const { target } = event;
      if (target instanceof Element && target.closest("input, select, textarea, [role], [contenteditable]")) return;
      const to = event.key === "ArrowLeft" ? left : event.key === "ArrowRight" ? right : undefined;
      if (to !== undefined) void navigate({ to });
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate, left, right]);
}
