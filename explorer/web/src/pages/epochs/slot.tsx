import type { ReactNode } from "react";
import type { getSlot, SlotDetail, SlotModel } from "../../../../wire/poi-epochs.ts";
import { useApi } from "../../api/use-api.ts";
import { usePathParam } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { formatBytes, formatCount, formatPercent } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts } from "../../components/stat.tsx";
import { DataTable, type Column } from "../../components/table.tsx";
import { ArenaLink, Code, EpochLink, Height, TxHash } from "../../components/values.tsx";
import { challengeColumns, convictionColumns, ScorerLink, SponsorLink } from "./faults.tsx";
import { SLOT_STATES } from "./words.ts";

/** One batch: who brought it, who ran the models on it, and how each did. */
export function Slot(): ReactNode {
  const epoch = usePathParam("epoch");
  const slot = usePathParam("slot");
  const result = useApi<typeof getSlot>("/api/epochs/{epoch}/slots/{slot}", { params: { epoch, slot } });
  const { data } = result;
  return (
    <Page
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          Slot {slot} of epoch {epoch}
          {data === undefined ? null : (
            <Badge tone={SLOT_STATES[data.state].tone} title={SLOT_STATES[data.state].meaning}>
              {SLOT_STATES[data.state].word}
            </Badge>
          )}
        </span>
      }
      documentTitle={`Slot ${slot} of epoch ${epoch}`}
      lead={
        data === undefined
          ? undefined
          : `A batch of ${data.items} hidden items, drawn from one sponsor, on which one scorer ran every model of the arena.`
      }
      actions={<LinkButton to={`/epochs/${epoch}`}>Epoch {epoch}</LinkButton>}
    >
      <Loaded result={result} lines={10}>
        {(detail) => <SlotParts detail={detail} />}
      </Loaded>
    </Page>
  );
}

function SlotParts({ detail }: { detail: SlotDetail }): ReactNode {
  return (
    <>
      {detail.state === "void" ? (
        <Card>
          <p className="text-sm">
            <Badge tone="bad">void</Badge> This slot did not count: {detail.voidReason}.
          </p>
        </Card>
      ) : null}
      <Card
        title="How every model did"
        lead="Open a model to see its recorded answers item by item, and to run them yourself."
        flush
      >
        <DataTable
          caption="Models on this slot"
          columns={modelColumns(detail)}
          rows={detail.models}
          rowKey={({ model }) => model.id}
          empty={
            <Empty title="No rows yet">
              {detail.epochState === "running"
                ? "The scorer posts one row for every model in the phase ROWS."
                : "The scorer posted none."}
            </Empty>
          }
        />
      </Card>
      {detail.conviction === null ? null : (
        <Card title="Conviction" lead="In this slot the scorer's record was wrong." flush>
          <DataTable caption="Conviction" columns={convictionColumns} rows={[detail.conviction]} />
        </Card>
      )}
      {detail.challengeList.length === 0 ? null : (
        <Card title="Challenges" flush>
          <DataTable
            caption="Challenges of this slot"
            columns={challengeColumns}
            rows={detail.challengeList}
            rowKey={({ seq }) => String(seq)}
          />
        </Card>
      )}
      <Card title="Who posted what">
        <SlotFacts detail={detail} />
      </Card>
    </>
  );
}

function modelColumns(detail: SlotDetail): readonly Column<SlotModel>[] {
  const { epoch, slot, items } = detail;
  return [
    {
      key: "model",
      header: "Model",
      cell: ({ model }) => (
        <TextLink to={`/epochs/${epoch}/slots/${slot}/${model.id}`} title={model.id}>
          {model.name} <span className="font-mono text-[0.85em] text-muted">{model.id.slice(0, 8)}</span>
        </TextLink>
      ),
      sort: ({ model }) => model.name,
    },
    {
      key: "correct",
      header: "Right answers",
      align: "right",
      cell: ({ correct }) =>
        correct === null ? (
          <span className="text-muted">labels are closed</span>
        ) : (
          <span>
            {correct} of {items} <span className="text-muted">{formatPercent(correct / items)}</span>
          </span>
        ),
      sort: ({ correct }) => correct ?? -1,
    },
    {
      key: "audited",
      header: "Run again by the chain",
      align: "right",
      hideBelow: "sm",
      title: "Items drawn for an audit; all of them where a contender is on trial",
      cell: ({ audited, compared }) =>
        audited === null ? (
          <span className="text-muted">not drawn yet</span>
        ) : compared ? (
          <Badge tone="info">all {audited}</Badge>
        ) : (
          `${audited} of ${items}`
        ),
      sort: ({ audited }) => audited ?? -1,
    },
    {
      key: "challenges",
      header: "Challenges",
      align: "right",
      hideBelow: "sm",
      cell: ({ challenges }) => challenges,
      sort: ({ challenges }) => challenges,
    },
    {
      key: "verdict",
      header: "Record",
      cell: ({ model, convictedItem, audited }) =>
        convictedItem !== null ? (
          <TextLink to={`/epochs/${epoch}/slots/${slot}/${model.id}?item=${convictedItem}`}>
            wrong at item {convictedItem}
          </TextLink>
        ) : (
          <span className="text-muted">
            {audited !== null && detail.epochState === "settled" && detail.voidReason === ""
              ? "audits passed"
              : "–"}
          </span>
        ),
    },
  ];
}

function SlotFacts({ detail }: { detail: SlotDetail }): ReactNode {
  const { inputs, rows, labels } = detail;
  const missing = detail.epochState === "running" ? "not yet" : "never";
  return (
    <Facts
      items={[
        ["Arena", <ArenaLink {...detail.arena} />],
        ["Epoch", <EpochLink epoch={detail.epoch} />],
        [
          "Sponsor",
          <>
            <SponsorLink arena={detail.arena.id} address={detail.sponsor} />, batch{" "}
            {formatCount(detail.batch)} of commitment {detail.commitment}
          </>,
        ],
        ["Scorer", <ScorerLink scorer={detail.scorer} />],
        [
          "Items opened",
          inputs === null ? (
            missing
          ) : (
            <>
              block <Height height={inputs.height} />, <TxHash hash={inputs.tx} />,{" "}
              {formatBytes(inputs.bytes)}
            </>
          ),
        ],
        [
          "Rows posted",
          rows === null ? (
            missing
          ) : (
            <>
              block <Height height={rows.height} />, <TxHash hash={rows.tx} />
            </>
          ),
        ],
        [
          "Labels opened",
          labels === null ? (
            missing
          ) : (
            <>
              block <Height height={labels.height} />, <TxHash hash={labels.tx} />
            </>
          ),
        ],
        inputs === null
          ? null
          : [
              <span title="The sponsor showed it with the items: it could not change the labels any more.">
                Hash of the labels
              </span>,
              <Code text={inputs.labelsHash} full />,
            ],
        labels === null
          ? null
          : [
              <span title="Opened with the labels. All salts of an arena together decide which answers are audited.">
                Salt
              </span>,
              <Code text={labels.salt} full />,
            ],
      ]}
    />
  );
}
