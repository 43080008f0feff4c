import { lazy, Suspense, useMemo, type ReactNode } from "react";
import type { getModel, getModelEpochs, ModelDetail, ModelEpochRow } from "../../../../wire/poi-models.ts";
import type { AnswerOf } from "../../../../wire/route.ts";
import type { ItemOf, PagesResult } from "../../api/use-api.ts";
import { useApi, useApiPages } from "../../api/use-api.ts";
import { usePathParam } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { LinkButton, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Copy } from "../../components/copy.tsx";
import { Empty, Skeleton } from "../../components/empty.tsx";
import { formatBytes, formatCompact, formatCount, formatPercent } from "../../components/format.ts";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts, Stat, Stats } from "../../components/stat.tsx";
import { PagedTable } from "../../components/table.tsx";
import {
  Address,
  Amount,
  ArenaLink,
  Code,
  EpochLink,
  ExternalLink,
  Height,
  ModelLink,
  Time,
  TxHash,
} from "../../components/values.tsx";
import { Comparisons, HowSteps, Standing } from "./contention.tsx";
import { FileDownload } from "./file.tsx";
import { Interval } from "./interval.tsx";
import { Lineage } from "./lineage.tsx";
import { Services } from "./services.tsx";
import { Sponsors } from "./sponsor-scores.tsx";
import { StateBadge } from "./state-badge.tsx";
import { Why } from "./why.tsx";
import { errorsLeft, formatBits, STATE_WORDS } from "./words.ts";

const ScoreChart = lazy(async () => ({ default: (await import("./score-chart.tsx")).ScoreChart }));

/** Everything about one model: how good it is, what it earned and why, where it comes from, who serves it. */
export function Model(): ReactNode {
  const model = usePathParam("model").toLowerCase();
  const result = useApi<typeof getModel>("/api/models/{model}", { params: { model } });
  const value = result.data?.value;
  const name = value === undefined ? model.slice(0, 8) : value.name || model.slice(0, 8);
  const service = value?.services.find(({ status }) => status === "active");
  return (
    <Page
      title={
        value === undefined ? (
          name
        ) : (
          <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
            {name} <StateBadge state={value.state} step={value.step} />
          </span>
        )
      }
      documentTitle={name}
      lead={
        value === undefined ? undefined : (
          <>
            A model of the arena <ArenaLink {...value.arena} />, by <Address address={value.author} />.{" "}
            {STATE_WORDS[value.state].meaning}
          </>
        )
      }
      actions={
        value === undefined ? null : (
          <>
            {service === undefined ? null : (
              <LinkButton kind="primary" document to={`/play/${service.id}`}>
                Try it
              </LinkButton>
            )}
            <LinkButton to={`/transact/infer?model=${model}`}>Run on chain</LinkButton>
            <LinkButton to={`/compare?models=${model}`}>Compare</LinkButton>
          </>
        )
      }
    >
      <Loaded result={result} lines={12}>
        {(answer) => <ModelParts key={model} answer={answer} />}
      </Loaded>
    </Page>
  );
}

function ModelParts({ answer }: { answer: AnswerOf<typeof getModel> }): ReactNode {
  const { value: model, earned, registration, lastEpoch } = answer;
  const epochs = useApiPages<typeof getModelEpochs>("/api/models/{model}/epochs", {
    params: { model: model.id },
    query: { limit: 100 },
  });
  return (
    <>
      <Headline model={model} earned={earned} />
      <div className="grid min-w-0 items-start gap-5 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 gap-5">
          <Scores epochs={epochs} />
          <Why model={model.id} lastEpoch={lastEpoch} />
          <Card flush title="Services" lead="Who answers with this model for money, and how well.">
            <Services services={model.services} model={model.id} />
          </Card>
          <Place model={model} />
        </div>
        <div className="grid min-w-0 gap-5">
          <Card title="Card" lead="In the author's words; nobody checked them.">
            <CardText text={model.card} />
          </Card>
          <Card title="Terms and file">
            <ModelFacts model={model} registration={registration} />
            {model.hasFile ? <FileDownload id={model.id} name={model.name} /> : null}
          </Card>
          <Card
            flush
            title="By sponsor"
            lead="Right answers on the data that each brought, in the newest epoch."
          >
            <Loaded result={epochs} lines={5} height="min-h-60">
              {({ pages }) => <Sponsors newest={pages[0]?.items[0]} arena={model.arena.id} />}
            </Loaded>
          </Card>
        </div>
      </div>
      <Lineage model={model.id} />
      <EpochTable model={model.id} />
    </>
  );
}

function Headline({
  model,
  earned,
}: {
  model: ModelDetail;
  earned: { emission: string; funded: string };
}): ReactNode {
  const step = model.ladderStep;
  return (
    <Card>
      <Stats>
        <Stat label="Accuracy" title="Mean over all its epochs, with the 95 % interval">
          {model.mean === null ? "not measured yet" : <Interval measured={model.mean} from={0.4} />}
        </Stat>
        <Stat label="Smoothed" title="Each epoch moves it three tenths of the way to the newest accuracy">
          {model.smoothed === null ? "–" : formatPercent(model.smoothed / 1_000_000)}
        </Stat>
        <Stat label="Step it took" title="Height: the error it removed from what was there before">
          {step === null ? (
            <span className="text-muted">none</span>
          ) : step.index === 0 ? (
            "reference"
          ) : (
            <>
              {formatBits(step.gain)}
              <span className="block text-xs font-normal text-muted">
                {formatPercent(1 - errorsLeft(step.gain))} fewer errors, step {step.index}
              </span>
            </>
          )}
        </Stat>
        <Stat label="Earned" title="What its step was paid, from emission and from funders">
          <Amount amount={(BigInt(earned.emission) + BigInt(earned.funded)).toString()} />
        </Stat>
        <Stat label="Cost of a run" title="Multiply-accumulates and output elements">
          {formatCompact(model.cost)}
        </Stat>
        <Stat label="Measured" title="Epochs it was scored in, and items it answered">
          {formatCount(model.epochs)} epochs
          <span className="block text-xs font-normal text-muted">
            {model.mean === null ? "" : `${formatCount(model.mean.items)} items`}
          </span>
        </Stat>
      </Stats>
    </Card>
  );
}

type Epochs = PagesResult<ItemOf<typeof getModelEpochs>>;

function Scores({ epochs }: { epochs: Epochs }): ReactNode {
  return (
    <Card
      title="Score over epochs"
      lead="Its accuracy in each of the newest epochs, on fresh, hidden items; the band is where the true accuracy lies with 95 % confidence."
    >
      {/* The height of the chart with what stands below it. */}
      <div className="min-h-81 sm:min-h-71">
        <Loaded result={epochs} lines={7}>
          {({ pages }) => <Chart pages={pages} />}
        </Loaded>
      </div>
    </Card>
  );
}

function Chart({ pages }: { pages: readonly { items: ModelEpochRow[] }[] }): ReactNode {
  const rows = useMemo(() => pages.flatMap(({ items }) => items).reverse(), [pages]);
  if (rows.length === 0)
    return (
      <Empty title="Not measured yet">
        It takes part from the first epoch that begins after its registration.
      </Empty>
    );
  return (
    <Suspense fallback={<Skeleton lines={7} />}>
      <ScoreChart epochs={rows} />
    </Suspense>
  );
}

/** Its place: on the ladder, or on the way there. */
function Place({ model }: { model: ModelDetail }): ReactNode {
  const { contention, ladderStep: step, rules } = model;
  return (
    <>
      {contention === null ? null : (
        <Card flush title="On the way to a step" lead="How it compares with the model that leads now.">
          <Standing contention={contention} rules={rules} />
          <HowSteps rules={rules} />
        </Card>
      )}
      {step === null || step.index === 0 ? null : (
        <Card
          flush
          title={`How it took step ${step.index}`}
          lead={
            <>
              In epoch <EpochLink epoch={step.epoch} />, on answers that the chain itself computed. The
              smallest height counts. {formatBits(step.strength)} of it are left after {formatCount(step.age)}{" "}
              settled epochs.
            </>
          }
        >
          <Comparisons
            caption="Comparisons that decided the step"
            rows={step.comparisons.map((comparison) => ({ kind: "trial", ...comparison }))}
            rules={rules}
          />
        </Card>
      )}
    </>
  );
}

/** Plain text of a stranger: shown as it is, never as markup. */
function CardText({ text }: { text: string }): ReactNode {
  if (text === "") return <p className="text-sm text-muted">The author wrote none.</p>;
  return <p className="max-h-96 overflow-y-auto text-sm whitespace-pre-line">{text}</p>;
}

function ModelFacts({
  model,
  registration,
}: {
  model: ModelDetail;
  registration: AnswerOf<typeof getModel>["registration"];
}): ReactNode {
  const list = (models: readonly { id: string; name: string }[]): ReactNode => (
    <ul className="grid gap-1.5">
      {models.map((one) => (
        <li key={one.id}>
          <ModelLink {...one} />
        </li>
      ))}
    </ul>
  );
  return (
    <Facts
      items={[
        ["Licence", model.licence === "" ? "none given" : <ExternalLink href={model.licence} />],
        [
          <span key="royalty" title="Of what services of the model take">
            Royalty
          </span>,
          formatPercent(model.royaltyBps / 10_000),
        ],
        [
          <span key="fee" title="Paid to the author for a run in a transaction, beside the gas">
            Fee on chain
          </span>,
          model.inferFee === "0" ? "none" : <Amount amount={model.inferFee} digits={6} />,
        ],
        ["Parents", model.parents.length === 0 ? "none" : list(model.parents)],
        model.children.length === 0 ? null : ["Children", list(model.children.slice(0, 8))],
        [
          "Registered",
          registration === null ? (
            model.registeredHeight === 0 ? (
              "genesis"
            ) : (
              <Height height={model.registeredHeight} />
            )
          ) : (
            <>
              <Time time={registration.time} height={registration.height} /> in{" "}
              <TxHash hash={registration.tx} />
            </>
          ),
        ],
        [
          "Bond",
          model.bonded ? (
            <Badge tone="good">locked</Badge>
          ) : (
            <Badge title="The reference needs none; others got it back.">none</Badge>
          ),
        ],
        [
          "Cost of a run",
          `${formatCount(model.macs)} multiply-accumulates, ${formatCount(model.elements)} output elements`,
        ],
        [
          <span key="id" title="The id of a model is the SHA-256 of its file">
            Id
          </span>,
          <>
            <Code text={model.id} full />
            <Copy text={model.id} what="id" />
          </>,
        ],
        [
          "File",
          model.hasFile
            ? `${formatBytes(model.fileBytes)}, ONNX, kept on chain`
            : "deleted: nothing refers to it any more",
        ],
      ]}
    />
  );
}

function EpochTable({ model }: { model: string }): ReactNode {
  const epochs = useApiPages<typeof getModelEpochs>("/api/models/{model}/epochs", {
    params: { model },
    query: { limit: 15 },
  });
  return (
    <Card flush title="Epoch by epoch">
      <PagedTable
        caption="What each epoch measured and paid"
        result={epochs}
        rowKey={({ epoch }) => String(epoch)}
        empty={<Empty title="Not measured yet" />}
        columns={[
          { key: "epoch", header: "Epoch", cell: ({ epoch }) => <EpochLink epoch={epoch} /> },
          {
            key: "accuracy",
            header: "Accuracy",
            align: "right",
            cell: ({ accuracy }) => formatPercent(accuracy / 1_000_000),
          },
          {
            key: "interval",
            header: "95 % interval",
            align: "right",
            hideBelow: "sm",
            cell: ({ low, high }) => (
              <span className="whitespace-nowrap">
                {formatPercent(low / 1_000_000)} to {formatPercent(high / 1_000_000)}
              </span>
            ),
          },
          { key: "items", header: "Items", align: "right", cell: ({ items }) => formatCount(items) },
          {
            key: "smoothed",
            header: "Smoothed",
            align: "right",
            hideBelow: "sm",
            cell: ({ smoothed }) => formatPercent(smoothed / 1_000_000),
          },
          {
            key: "what",
            header: "What happened",
            cell: ({ called, step }) => (
              <span className="flex gap-1">
                {called ? <Badge tone="info">on trial</Badge> : null}
                {step > 0 ? <Badge tone="gold">took step {step}</Badge> : null}
              </span>
            ),
          },
          {
            key: "paid",
            header: "Paid",
            align: "right",
            cell: ({ emission, funded }) =>
              emission === "0" && funded === "0" ? (
                <span className="text-muted">–</span>
              ) : (
                <Amount amount={(BigInt(emission) + BigInt(funded)).toString()} />
              ),
          },
          {
            key: "why",
            header: <span className="sr-only">Why</span>,
            align: "right",
            cell: ({ epoch }) => (
              <TextLink to={`/models/${model}?epoch=${epoch}#why`} aria-label={`Why, in epoch ${epoch}`}>
                why?
              </TextLink>
            ),
          },
        ]}
      />
    </Card>
  );
}
