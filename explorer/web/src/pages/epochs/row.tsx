import { Check, ChevronLeft, ChevronRight, Gavel, Play, Square as Stop, X } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import type { getSlotInputs, Row as RowAnswer, RowItem } from "../../../../wire/poi-epochs.ts";
import { useApi } from "../../api/use-api.ts";
import { usePathParam, useQueryParam, useSetQuery } from "../../app/params.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, LinkButton, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { cx } from "../../components/cx.ts";
import { Empty } from "../../components/empty.tsx";
import { formatPercent, plural } from "../../components/format.ts";
import { Failed, Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Facts } from "../../components/stat.tsx";
import { Amount, ArenaLink, Code, ModelLink, TxHash } from "../../components/values.tsx";
import { Outcome, ScorerLink, SponsorLink } from "./faults.tsx";
import { ItemView, Picture } from "./item-view.tsx";
import { useReplay, type Replay } from "./use-replay.ts";
import { useRow } from "./use-row.ts";
import { fromBase64, judge, pictureOf, type Verdict } from "./verdict.ts";

/** What a scorer recorded for a model, item by item, and whether the reader's own run agrees. */
export function Row(): ReactNode {
  const epoch = usePathParam("epoch");
  const slot = usePathParam("slot");
  const model = usePathParam("model").toLowerCase();
  const result = useRow({ epoch, slot, model });
  const { data } = result;
  const name = data === undefined ? model.slice(0, 8) : data.model.name || model.slice(0, 8);
  return (
    <Page
      title={`${name} on slot ${slot} of epoch ${epoch}`}
      lead="What the scorer recorded that this model answers, item by item. You need not believe it: run the model here, in your browser, on the same items."
      actions={<LinkButton to={`/epochs/${epoch}/slots/${slot}`}>Slot {slot}</LinkButton>}
    >
      <Loaded result={result} lines={10}>
        {(row) => <RowParts row={row} />}
      </Loaded>
    </Page>
  );
}

function RowParts({ row }: { row: RowAnswer }): ReactNode {
  const { epoch, slot } = row.slot;
  const asked = useApi<typeof getSlotInputs>("/api/epochs/{epoch}/slots/{slot}/inputs", {
    params: { epoch, slot },
    forever: true,
  });
  const data = asked.data?.data;
  const inputs = useMemo(() => (data === undefined ? undefined : fromBase64(data)), [data]);
  const replay = useReplay(row.model.id, inputs);
  const verdicts = useMemo(() => judgeAll(row, replay.outputs), [row, replay.outputs]);
  const wanted = Number(useQueryParam("item") ?? "0");
  const chosen = row.items.find(({ item }) => item === wanted) ?? row.items[0];
  const setQuery = useSetQuery();
  const choose = (item: number) => setQuery({ item: String(item) }, true);
  if (chosen === undefined) return <Empty title="This row has no items" />;
  const size = asked.data?.itemBytes ?? 0;
  const bytesOf = (item: number) => inputs?.subarray(item * size, (item + 1) * size);
  return (
    <>
      <div className="grid min-w-0 gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Card
          title={`Item ${chosen.item}`}
          actions={
            <>
              <Step
                to={chosen.item - 1}
                total={row.total}
                choose={choose}
                label="Item before"
                icon={ChevronLeft}
              />
              <Step
                to={chosen.item + 1}
                total={row.total}
                choose={choose}
                label="Next item"
                icon={ChevronRight}
              />
            </>
          }
        >
          {inputs === undefined ? (
            asked.error === null ? (
              <p className="text-sm text-muted">Loading the items …</p>
            ) : (
              <Failed error={asked.error} retry={() => void asked.refetch()} />
            )
          ) : (
            <ItemView item={bytesOf(chosen.item) ?? new Uint8Array()} task={row.task} />
          )}
        </Card>
        <Card title="The record">
          <Record row={row} item={chosen} verdict={verdicts.get(chosen.item)} />
          <div className="mt-4 flex flex-wrap items-center gap-2">
            <Button
              kind="primary"
              disabled={inputs === undefined || isBusy(replay)}
              onClick={() => replay.run([chosen.item])}
            >
              <Play className="size-4" aria-hidden="true" /> Run it here
            </Button>
            <Button
              disabled={inputs === undefined || isBusy(replay)}
              onClick={() => replay.run(row.items.map(({ item }) => item))}
            >
              Run all {row.items.length}
            </Button>
            {isBusy(replay) ? (
              <Button kind="ghost" onClick={replay.stop}>
                <Stop className="size-4" aria-hidden="true" /> Stop
              </Button>
            ) : null}
          </div>
          <Progress replay={replay} />
          <Result row={row} item={chosen} verdict={verdicts.get(chosen.item)} />
        </Card>
      </div>
      <Card title="All items" lead={<Legend row={row} />}>
        <Summary row={row} verdicts={verdicts} choose={choose} />
        <ul className="mt-3 flex flex-wrap gap-1.5">
          {row.items.map((item) => (
            <li key={item.item}>
              <ItemButton
                row={row}
                item={item}
                bytes={bytesOf(item.item)}
                chosen={item.item === chosen.item}
                verdict={verdicts.get(item.item)}
                choose={choose}
              />
            </li>
          ))}
        </ul>
      </Card>
      <Card title="Where it comes from">
        <Facts
          items={[
            ["Model", <ModelLink {...row.model} />],
            ["Arena", <ArenaLink {...row.slot.arena} />],
            ["Scorer", <ScorerLink scorer={row.slot.scorer} />],
            ["Sponsor", <SponsorLink arena={row.slot.arena.id} address={row.slot.sponsor} />],
            row.correct === null
              ? null
              : [
                  "Right answers",
                  `${row.correct} of ${row.total} (${formatPercent(row.correct / Math.max(1, row.total))})`,
                ],
            ["Other models on this slot", <OtherModels row={row} />],
          ]}
        />
      </Card>
    </>
  );
}

function Step(props: {
  to: number;
  total: number;
  choose: (item: number) => void;
  label: string;
  icon: typeof ChevronLeft;
}): ReactNode {
  const { to, total, choose, label, icon: Icon } = props;
  return (
    <Button kind="ghost" aria-label={label} disabled={to < 0 || to >= total} onClick={() => choose(to)}>
      <Icon className="size-4" aria-hidden="true" />
    </Button>
  );
}

/** What was run, beside the record as it is now: a later post of the scorer's can replace it. */
function judgeAll(row: RowAnswer, outputs: Replay["outputs"]): ReadonlyMap<number, Verdict> {
  return new Map(
    row.items.flatMap((item): [number, Verdict][] => {
      const output = outputs.get(item.item);
      return output === undefined ? [] : [[item.item, judge(row.task, item, output)]];
    }),
  );
}

function isBusy({ state }: Replay): boolean {
  return state === "opening" || state === "running";
}

function Record(parts: { row: RowAnswer; item: RowItem; verdict: Verdict | undefined }): ReactNode {
  const { row, item, verdict } = parts;
  return (
    <Facts
      items={[
        [
          "Recorded answer",
          <span className="font-semibold">
            {item.answer.text}{" "}
            {item.correct === null ? null : (
              <Badge tone={item.correct ? "good" : "neutral"}>
                {item.correct ? "the right label" : "not the right label"}
              </Badge>
            )}
          </span>,
        ],
        [
          <span title="The first four bytes of SHA-256 of the model's raw output: who only guessed the answer could not know it.">
            Recorded tag
          </span>,
          <Code text={item.tag} />,
        ],
        [
          "Label",
          item.label === null ? (
            <span className="text-muted">not opened{row.epochState === "running" ? " yet" : ""}</span>
          ) : (
            item.label.text
          ),
        ],
        [
          "Run again by the chain",
          item.audited === null ? (
            <span className="text-muted">drawn after the labels are open</span>
          ) : item.audited ? (
            "yes"
          ) : (
            "no: only if somebody challenges it"
          ),
        ],
        item.expected === null
          ? null
          : [
              "The chain found",
              <span className="text-bad">
                {item.expected.answer.text}, tag <Code text={item.expected.tag} />
              </span>,
            ],
        item.challenge === null
          ? null
          : [
              "Challenge",
              <>
                <Outcome outcome={item.challenge.outcome} /> <TxHash hash={item.challenge.tx} />
              </>,
            ],
        verdict === undefined
          ? null
          : [
              "Your run",
              <>
                {verdict.answer.text} <Mark right={verdict.answerRight} />, tag <Code text={verdict.tag} />{" "}
                <Mark right={verdict.tagRight} />
              </>,
            ],
      ]}
    />
  );
}

function Mark({ right }: { right: boolean }): ReactNode {
  const Icon = right ? Check : X;
  return (
    <span className={right ? "text-good" : "text-bad"}>
      <Icon className="inline size-4" aria-hidden="true" />
      <span className="sr-only">{right ? "as recorded" : "not as recorded"}</span>
    </span>
  );
}

function Progress({ replay: { state, error, progress } }: { replay: Replay }): ReactNode {
  return (
    <div aria-live="polite" className="mt-3 text-sm empty:hidden">
      {state === "failed" ? (
        <p className="text-bad">It could not be run here. {error} This says nothing about the record.</p>
      ) : state === "opening" ? (
        <p className="text-muted">Fetching the model from the chain and starting it in this browser …</p>
      ) : progress === null ? null : (
        <label className="grid gap-1 text-muted">
          {progress.done} of {progress.of} run
          <progress className="h-2 w-full" max={progress.of} value={progress.done} />
        </label>
      )}
    </div>
  );
}

function Result(parts: { row: RowAnswer; item: RowItem; verdict: Verdict | undefined }): ReactNode {
  const { row, item, verdict } = parts;
  return (
    <div aria-live="polite" className="mt-3 empty:hidden">
      {verdict === undefined ? null : verdict.right ? (
        <p className="rounded-lg bg-good-wash px-3 py-2 text-sm text-good">
          <strong>The record is right.</strong> Your browser computed the same answer and the same tag.
        </p>
      ) : (
        <div className="rounded-lg bg-bad-wash px-3 py-2 text-sm text-bad">
          <p>
            <strong>The record is wrong.</strong>{" "}
            {verdict.answerRight
              ? "The answer is the same, but the tag is not that of the model's output."
              : `This model answers ${verdict.answer.text}, not ${item.answer.text}.`}
          </p>
          <Consequence row={row} item={item} />
        </div>
      )}
    </div>
  );
}

function Consequence({ row, item }: { row: RowAnswer; item: RowItem }): ReactNode {
  const { epoch, slot } = row.slot;
  if (item.expected !== null)
    return <p className="mt-1">The chain found the same and convicted the scorer.</p>;
  if (item.challenge !== null) return <p className="mt-1">It has been challenged already.</p>;
  if (row.phase === "CHALLENGE")
    return (
      <div className="mt-2 grid justify-items-start gap-2">
        <p>
          You can make the chain run it: that takes a bond of <Amount amount={row.challengeBond} />, which
          comes back when you are right, with half of what the scorer loses if no audit would have found it.
        </p>
        <LinkButton
          kind="primary"
          to={`/transact/challenge?epoch=${epoch}&slot=${slot}&model=${row.model.id}&item=${item.item}`}
        >
          <Gavel className="size-4" aria-hidden="true" /> Challenge it
        </LinkButton>
      </div>
    );
  return (
    <p className="mt-1">
      {row.epochState === "running"
        ? "It can be challenged in the phase CHALLENGE of this epoch."
        : "Its epoch has ended: it cannot be challenged any more."}
    </p>
  );
}

function Legend({ row }: { row: RowAnswer }): ReactNode {
  if (row.correct === null) return "Labels are not open: nobody knows yet which answers are right.";
  return <>Green: the answer is the right label. A dot: the chain ran it again itself.</>;
}

function Summary(parts: {
  row: RowAnswer;
  verdicts: ReadonlyMap<number, Verdict>;
  choose: (item: number) => void;
}): ReactNode {
  const { row, verdicts, choose } = parts;
  const wrong = [...verdicts].filter(([, { right }]) => !right).map(([item]) => item);
  const [first] = wrong;
  if (verdicts.size === 0) return null;
  return (
    <p aria-live="polite" className={cx("text-sm", first === undefined ? "text-good" : "text-bad")}>
      {first === undefined ? (
        verdicts.size === row.total ? (
          <strong>The whole row is right: your browser computed all {row.total} answers and tags.</strong>
        ) : (
          `${plural(verdicts.size, "item")} run here, all as recorded.`
        )
      ) : (
        <>
          <strong>{plural(wrong.length, "item")} not as recorded</strong> of {verdicts.size} run here.{" "}
          <button type="button" className="underline" onClick={() => choose(first)}>
            Show item {first}
          </button>
        </>
      )}
    </p>
  );
}

function ItemButton(parts: {
  row: RowAnswer;
  item: RowItem;
  bytes: Uint8Array | undefined;
  chosen: boolean;
  verdict: Verdict | undefined;
  choose: (item: number) => void;
}): ReactNode {
  const { row, item, bytes, chosen, verdict, choose } = parts;
  const facts = [
    `Item ${item.item}: ${item.answer.text}`,
    item.correct === null ? "" : item.correct ? "right" : `wrong, label ${item.label?.text ?? ""}`,
    item.audited === true ? "run again by the chain" : "",
    verdict === undefined ? "" : verdict.right ? "record confirmed here" : "record wrong",
  ].filter((fact) => fact !== "");
  return (
    <button
      type="button"
      title={facts.join(", ")}
      aria-pressed={chosen}
      onClick={() => choose(item.item)}
      className={cx(
        "relative grid w-14 justify-items-center gap-0.5 overflow-hidden rounded border p-1 text-xs",
        chosen ? "outline-2 outline-offset-1 outline-accent" : "",
        item.correct === null
          ? "border-line bg-surface"
          : item.correct
            ? "border-good bg-good-wash"
            : "border-line-strong bg-surface-2",
      )}
    >
      <span className="sr-only">{facts.join(", ")}</span>
      {pictureOf(row.task) === null || bytes === undefined ? (
        <span className="text-muted" aria-hidden="true">
          {item.item}
        </span>
      ) : (
        <span aria-hidden="true">
          <Picture item={bytes} task={row.task} className="w-8" />
        </span>
      )}
      <span className="w-full truncate text-center" aria-hidden="true">
        {item.answer.text}
      </span>
      {item.audited === true ? (
        <span className="absolute top-0.5 right-0.5 size-1.5 rounded-full bg-gold-mark" aria-hidden="true" />
      ) : null}
      {verdict === undefined ? null : (
        <span
          className={cx(
            "absolute top-0.5 left-0.5 rounded-full text-on-accent",
            verdict.right ? "bg-good" : "bg-bad",
          )}
          aria-hidden="true"
        >
          {verdict.right ? <Check className="size-3" /> : <X className="size-3" />}
        </span>
      )}
    </button>
  );
}

function OtherModels({ row }: { row: RowAnswer }): ReactNode {
  const { epoch, slot } = row.slot;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {row.models
        .filter(({ id }) => id !== row.model.id)
        .map(({ id, name }) => (
          <li key={id}>
            <TextLink to={`/epochs/${epoch}/slots/${slot}/${id}`} title={id}>
              {name} <span className="font-mono text-[0.85em] text-muted">{id.slice(0, 8)}</span>
            </TextLink>
          </li>
        ))}
    </ul>
  );
}
