import { CircleX } from "lucide-react";
import type { ReactNode } from "react";
import { usePathParam, useQueryParam, useSetQuery } from "../../app/params.ts";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../components/badge.tsx";
import { TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Copy } from "../../components/copy.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatBytes, formatCount, formatDateTime, formatPercent, plural } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts } from "../../components/stat.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { Address, Code, Height, Time } from "../../components/values.tsx";
import type { getTx, Message, Tx as TxAnswer } from "../../../../wire/chain.ts";
import { DecodedFields } from "./decoded.tsx";
import { Events } from "./events.tsx";
import { isObject } from "./fields.ts";
import { moduleOfType, nameOfType } from "./names.ts";
import { Coins, Sentence } from "./sentence.tsx";
import { sentenceOf } from "./sentences.ts";
import { Result } from "./tx-table.tsx";
import { useMissing, Waiting } from "./waiting.tsx";

/** The fields of so many messages are open from the start. */
const FEW = 2;

/** A transaction; waits for one that was just sent. */
export function Tx(): ReactNode {
  const hash = usePathParam("hash").toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(hash)) {
    return (
      <Page title="No transaction">
        <Card>
          <Empty title="This is not the hash of a transaction">
            A hash has 64 digits from 0 to 9 and A to F. <TextLink to="/txs">See the newest transactions.</TextLink>
          </Empty>
        </Card>
      </Page>
    );
  }
  return <TxOf key={hash} hash={hash} />;
}

function TxOf({ hash }: { hash: string }): ReactNode {
  const result = useApi<typeof getTx>("/api/txs/{hash}", { params: { hash } });
  const missing = useMissing(result);
  return (
    <Page
      title="Transaction"
      documentTitle={`Transaction ${hash.slice(0, 8)}`}
      lead={
        <>
          <Code text={hash} full />
          <Copy text={hash} what="hash" />
        </>
      }
    >
      {missing ? (
        <Waiting
          title="Waiting for it"
          late={
            <>
              Still not there. Perhaps the chain refused it before it got into a block, or it belongs to another chain. Look
              at the <TextLink to="/txs">newest transactions</TextLink>.
            </>
          }
        >
          No block has this transaction yet. If it was just sent, it will be shown here within seconds, as soon as a block
          has it.
        </Waiting>
      ) : (
        <Loaded result={result}>{(tx) => <TxParts tx={tx} />}</Loaded>
      )}
    </Page>
  );
}

function TxParts({ tx }: { tx: TxAnswer }): ReactNode {
  const tab = useQueryParam("show");
  const setQuery = useSetQuery();
  const events = tx.events.reduce((sum, group) => sum + group.events.length, 0) + tx.omittedEvents;
  return (
    <>
      {tx.failure === null ? null : <FailureNote failure={tx.failure} paid={tx.fee.length > 0} />}
      <Card>
        <Facts
          items={[
            [
              "Result",
              <>
                <Result code={tx.code} />
                {tx.code === 0 ? null : (
                  <span className="text-muted">
                    {" "}
                    code {tx.code} of {tx.codespace}
                  </span>
                )}
              </>,
            ],
            ["Block", <Height height={tx.height} />],
            ["Place in the block", formatCount(tx.index + 1)],
            [
              "Time",
              <>
                <Time time={tx.time} /> <span className="text-muted">· {formatDateTime(tx.time)}</span>
              </>,
            ],
            [
              tx.signers.length > 1 ? "Signed by" : "Sender",
              tx.signers.length === 0 ? (
                <span className="text-muted">nobody</span>
              ) : (
                <span className="flex flex-wrap gap-x-3">
                  {tx.signers.map((signer) => (
                    <Address key={signer} address={signer} copy />
                  ))}
                </span>
              ),
            ],
            ["Fee", tx.fee.length === 0 ? <span className="text-muted">none</span> : <Coins coins={tx.fee} />],
            [
              <span title="How much work it was for the chain, of what the sender was ready to pay for">Gas</span>,
              <>
                {formatCount(tx.gasUsed)} used of {formatCount(tx.gasWanted)}
                {tx.gasWanted === 0 ? null : (
                  <span className="text-muted"> ({formatPercent(tx.gasUsed / tx.gasWanted)})</span>
                )}
              </>,
            ],
            tx.memo === "" ? null : ["Memo", <span className="break-words">{tx.memo}</span>],
          ]}
        />
      </Card>
      <Tabs
        label="Parts of the transaction"
        value={tab === "events" || tab === "raw" ? tab : "messages"}
        onChange={(key) => setQuery({ show: key === "messages" ? undefined : key }, true)}
        tabs={[
          {
            key: "messages",
            label: `What it does (${formatCount(tx.messages.length + tx.omittedMessages)})`,
            content: () => <Messages tx={tx} />,
          },
          { key: "events", label: `Events (${formatCount(events)})`, content: () => <EventGroups tx={tx} /> },
          { key: "raw", label: "Raw", content: () => <Raw tx={tx} /> },
        ]}
      />
    </>
  );
}

function FailureNote({ failure, paid }: { failure: NonNullable<TxAnswer["failure"]>; paid: boolean }): ReactNode {
  return (
    <div role="alert" className="flex gap-3 rounded-xl border border-bad bg-bad-wash px-4 py-4 sm:px-5">
      <CircleX className="mt-0.5 size-5 shrink-0 text-bad" aria-hidden="true" />
      <div className="grid min-w-0 gap-1">
        <p className="font-semibold text-bad">It failed: {lowerFirst(failure.reason)}</p>
        {failure.advice === null ? null : <p>{failure.advice}</p>}
        <p className="text-sm">Nothing of what it says happened{paid ? "; only its fee was paid" : ""}.</p>
        {failure.log === "" ? null : (
          <p className="text-sm">
            In the chain&rsquo;s own words: <span className="font-mono text-[0.92em] break-words">{failure.log}</span>
          </p>
        )}
      </div>
    </div>
  );
}

function Messages({ tx }: { tx: TxAnswer }): ReactNode {
  if (tx.messages.length === 0) {
    return (
      <Card>
        <Empty title="No message can be read">These bytes are no transaction; somebody put them into a block all the same.</Empty>
      </Card>
    );
  }
  return (
    <ol className="grid gap-4">
      {tx.messages.map((message) => (
        <li key={message.path} className={message.path.includes(".") ? "min-w-0 border-l-2 border-line pl-3" : "min-w-0"}>
          <MessageCard tx={tx} message={message} />
        </li>
      ))}
      {tx.omittedMessages === 0 ? null : (
        <li className="text-sm text-muted">… and {plural(tx.omittedMessages, "message")} more.</li>
      )}
    </ol>
  );
}

function MessageCard({ tx, message: { path, typeUrl, value, size } }: { tx: TxAnswer; message: Message }): ReactNode {
  // Events name the top-level message only: one inside of another has no events of its own.
  const events = path.includes(".") ? [] : (tx.events.find(({ message }) => String(message) === path)?.events ?? []);
  return (
    <Card
      title={nameOfType(typeUrl)}
      actions={
        <span className="flex gap-2">
          {tx.code === 0 ? null : <Badge tone="bad">did not happen</Badge>}
          <Badge title={`${typeUrl}, ${formatBytes(size)}`}>{moduleOfType(typeUrl)}</Badge>
        </span>
      }
    >
      <p>
        <Sentence pieces={sentenceOf(typeUrl, value, events, tx.signers[0])} />
      </p>
      <details className="mt-3" open={tx.messages.length <= FEW}>
        <summary className="text-sm text-muted">All its fields ({formatBytes(size)})</summary>
        <div className="mt-2">
          {isObject(value) ? (
            <DecodedFields entries={Object.entries(value)} of={typeUrl} />
          ) : (
            <p className="text-sm text-muted">The explorer does not know this type, or its bytes do not fit it.</p>
          )}
        </div>
      </details>
    </Card>
  );
}

function EventGroups({ tx }: { tx: TxAnswer }): ReactNode {
  if (tx.events.length === 0) {
    return (
      <Card>
        <Empty title="No events">The chain noted nothing about this transaction.</Empty>
      </Card>
    );
  }
  return (
    <div className="grid gap-4">
      {tx.events.map(({ message, events }) => {
        const typeUrl = tx.messages.find(({ path }) => path === String(message))?.typeUrl;
        return (
          <Card
            key={message ?? "none"}
            title={message === null ? "Before its messages" : `${formatCount(message + 1)}. ${nameOfType(typeUrl ?? "message")}`}
            lead={message === null ? "Checking signatures and paying the fee." : undefined}
          >
            <Events events={events} />
          </Card>
        );
      })}
      {tx.omittedEvents === 0 ? null : (
        <p className="text-sm text-muted">… and {plural(tx.omittedEvents, "event")} more.</p>
      )}
    </div>
  );
}

function Raw({ tx: { decoded, raw } }: { tx: TxAnswer }): ReactNode {
  const json = JSON.stringify(decoded, null, 2);
  return (
    <div className="grid gap-4">
      <Card
        title="As JSON"
        lead="Names are those of the chain's protobuf files; long bytes are cut to their beginning."
        actions={<Copy text={json} what="JSON" />}
      >
        {decoded === null ? (
          <p className="text-sm text-muted">These bytes are no transaction.</p>
        ) : (
          <pre tabIndex={0} className="max-h-[32rem] overflow-auto rounded-lg bg-surface-2 p-3 font-mono text-xs">
            {json}
          </pre>
        )}
      </Card>
      <Card
        title="As bytes"
        lead={`${formatBytes(raw.size)}, in base64.`}
        actions={raw.base64 === null ? undefined : <Copy text={raw.base64} what="base64" />}
      >
        {raw.base64 === null ? (
          <p className="text-sm text-muted">Too large to be shown here; a node of the chain has it.</p>
        ) : (
          <p tabIndex={0} className="max-h-48 overflow-auto rounded-lg bg-surface-2 p-3 font-mono text-xs break-all">
            {raw.base64}
          </p>
        )}
      </Card>
    </div>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
