import { preprocess, preprocessingNames } from "@assay/client/preprocessing/preprocess";
import type { RawItem } from "@assay/client/preprocessing/items";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { getService, ServiceState } from "../../../../wire/market.ts";
import { useApi } from "../../api/use-api.ts";
import { usePathParam } from "../../app/params.ts";
import { Button, LinkButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { Page } from "../../components/page.tsx";
import { Amount, Ppm } from "../../components/values.tsx";
import { AskBox } from "../../play/ask-box.tsx";
import { DrawInput } from "../../play/draw-input.tsx";
import { TEXT_EXAMPLES } from "../../play/examples.ts";
import { meaningOf } from "../../play/meaning.ts";
import { ModelView } from "../../play/model-view.tsx";
import type { Playground, PlayState, Run } from "../../play/playground.ts";
import { problemOf, type Problem } from "../../play/problems.ts";
import { ReceiptCard } from "../../play/receipt.tsx";
import { Scores } from "../../play/scores.tsx";
import { TensorInput } from "../../play/tensor-input.tsx";
import { TextInput } from "../../play/text-input.tsx";
import { formatMs, Timeline } from "../../play/timeline.tsx";
import { usePlayground, usePlayState } from "../../play/use-playground.ts";
import { ProofBox, VerdictBox } from "../../play/verdict.tsx";
import { useWallet } from "../../wallet/use-wallet.ts";

/** Asks one service, pays it, and runs its model here to compare. */
export function PlayService(): ReactNode {
  const service = usePathParam("service");
  const result = useApi<typeof getService>("/api/services/{service}", { params: { service } });
  return (
    <Loaded result={result} lines={8}>
      {({ value }) => <Loadable service={value} />}
    </Loaded>
  );
}

function Loadable({ service }: { service: ServiceState }): ReactNode {
  const playground = usePlayground({
    id: useMemo(() => BigInt(service.id), [service.id]),
    modelHex: service.model?.id ?? null,
    free: service.price === "0",
  });
  const { smoothed } = service;
  return (
    <Page
      title={`Ask “${service.name}”`}
      documentTitle={`Ask ${service.name}`}
      lead={
        <>
          {service.description}
          {service.description === "" || /[.!?]$/.test(service.description) ? " " : ". "}
          {service.model === null || smoothed === null ? (
            "Its answers cannot be checked."
          ) : (
            <>
              The chain measured its model right on <Ppm ppm={smoothed} /> of hidden test items.
            </>
          )}
        </>
      }
      actions={
        <>
          <LinkButton to="/play" document>
            Other services
          </LinkButton>
          <LinkButton to={`/services/${service.id}`}>About this service</LinkButton>
        </>
      }
    >
      {playground ? <Desk service={service} playground={playground} /> : null}
    </Page>
  );
}

function Desk({ service, playground }: { service: ServiceState; playground: Playground }): ReactNode {
  const state = usePlayState(playground);
  const { account } = useWallet();
  const [input, setInput] = useState<Input>(NOTHING);
  const { run } = state;
  const answer = useRef<HTMLDivElement>(null);
  const asked = run?.item;
  // Its steps were those of an earlier visit.
  const resumed = run?.answered !== undefined && run.answered.paid === undefined;
  // On a phone the answer is below what can be seen.
  useEffect(() => {
    if (asked) answer.current?.scrollIntoView({ block: "nearest" });
  }, [asked]);
  const ask = (): void => {
    if (input.item) void playground.ask(input.item, BigInt(service.price));
  };
  // Who is following an answer to its end stays, also when the service's end comes first.
  if (service.status !== "active" && run === undefined) return <OffTheMarket status={service.status} />;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-2">
      <Card title="Your question">
        <div className="grid gap-4">
          <InputOf service={service} onChange={setInput} />
          {input.problem === "" ? null : (
            <p role="alert" className="text-sm text-bad">
              {input.problem}
            </p>
          )}
          {service.task?.input.preprocessing === "gray-28x28" && input.item ? (
            <ModelView item={input.item} />
          ) : null}
          {service.status === "active" ? (
            <AskBox service={service} state={state} ready={input.item !== null} ask={ask} />
          ) : (
            <p className="text-sm text-bad">This service is off the market now.</p>
          )}
        </div>
      </Card>
      <div ref={answer} className="grid min-w-0 scroll-mt-20 gap-5">
        <AnswerCard
          service={service}
          state={state}
          signable={account !== null}
          ask={ask}
          reopen={() => playground.reopen(account)}
          prove={() => void playground.prove()}
        />
        {run === undefined || resumed ? null : (
          <Card title="What happened" lead="With the time each step took.">
            <Timeline
              steps={run.steps}
              without={service.price === "0" ? ["voucher"] : service.model === null ? ["rerun"] : []}
            />
          </Card>
        )}
      </div>
    </div>
  );
}

function OffTheMarket({ status }: { status: "closed" | "convicted" }): ReactNode {
  return (
    <Card>
      <Empty title={status === "convicted" ? "This service was convicted" : "This service is closed"}>
        {status === "convicted"
          ? "It gave a wrong answer and lost its bond. "
          : "Its provider took it off the market. "}
        Choose{" "}
        <a href="/play" className="text-accent hover:underline">
          another one
        </a>
        .
      </Empty>
    </Card>
  );
}

interface Input {
  readonly item: Uint8Array | null;
  /** Why what is there is no question. */
  readonly problem: string;
}

const NOTHING: Input = { item: null, problem: "" };

function InputOf({
  service,
  onChange,
}: {
  service: ServiceState;
  onChange: (input: Input) => void;
}): ReactNode {
  const { task, arena } = service;
  const name = task?.input.preprocessing ?? "";
  const setRaw = useCallback(
    (raw: RawItem | null) => {
      if (raw === null || raw === "") return onChange(NOTHING);
      try {
        onChange({ item: preprocess(name, raw), problem: "" });
      } catch (error) {
        onChange({ item: null, problem: problemOf(error).text });
      }
    },
    [name, onChange],
  );
  const setItem = useCallback((item: Uint8Array | null) => onChange({ item, problem: "" }), [onChange]);
  if (name === "gray-28x28") return <DrawInput onChange={setRaw} />;
  const examples = TEXT_EXAMPLES[name];
  if (examples && preprocessingNames().includes(name))
    return <TextInput examples={examples} onChange={setRaw} />;
  if (task && arena) return <TensorInput arena={arena.id} input={task.input} onChange={setItem} />;
  return (
    <Empty title="No task is known">
      This service names no model on the chain, so this page cannot know what it takes. Any client of the Open
      Inference Protocol can ask it at {service.endpoint}.
    </Empty>
  );
}

function AnswerCard({
  service,
  state,
  signable,
  ask,
  reopen,
  prove,
}: {
  service: ServiceState;
  state: PlayState;
  signable: boolean;
  ask: () => void;
  reopen: () => void;
  prove: () => void;
}): ReactNode {
  const { run, model, problem } = state;
  return (
    <Card title="Its answer">
      <div className="grid gap-4">
        {run === undefined && problem === undefined ? <Invitation service={service} state={state} /> : null}
        {problem && !run?.problem ? <ProblemBox problem={problem} again={reopen} /> : null}
        {run?.running && !run.answered ? (
          <p role="status" className="text-muted">
            Asking the provider …
          </p>
        ) : null}
        {run?.answered ? (
          <Answer
            service={service}
            run={run}
            loading={model.kind === "loading"}
            signable={signable}
            prove={prove}
          />
        ) : null}
        {run?.problem ? <ProblemBox problem={run.problem} again={ask} /> : null}
      </div>
    </Card>
  );
}

function Invitation({ service, state }: { service: ServiceState; state: PlayState }): ReactNode {
  const { model } = state;
  return (
    <div className="grid gap-2 text-sm text-muted">
      <p>
        You ask its provider directly, and it signs what it answers. Then your browser runs the same model,
        from the chain’s own copy of the file, and compares every number.
      </p>
      {model.kind === "gone" ? (
        <p className="text-warn">
          The model’s file is gone from the chain, so this answer could not be checked.
        </p>
      ) : model.kind === "failed" ? (
        <p className="text-warn">The model cannot run in this browser: {model.text}</p>
      ) : service.model ? (
        <p>{model.kind === "ready" ? "The model is loaded and checked." : "Loading the model …"}</p>
      ) : null}
    </div>
  );
}

function Answer({
  service,
  run,
  loading,
  signable,
  prove,
}: {
  service: ServiceState;
  run: Run;
  loading: boolean;
  signable: boolean;
  prove: () => void;
}): ReactNode {
  const { answered, proof } = run;
  if (!answered) return null;
  const { outputs, receiptFile, verdict, paid } = answered;
  const { answer, scores } = meaningOf(service.task, outputs);
  const expected = verdict && verdict.kind !== "unverified" ? verdict.expected : undefined;
  const took = run.steps.find(({ name }) => name === "answer")?.ms;
  return (
    <>
      <div role="status">
        <p className="text-3xl font-semibold tracking-tight">{answer}</p>
        <p className="text-sm text-muted">
          {paid === undefined ? (
            "You paid for it before this page was closed"
          ) : paid === 0n ? (
            "Free of charge"
          ) : (
            <>
              Paid <Amount amount={String(paid)} denom={service.denom} digits={6} />
            </>
          )}
          {took === undefined ? null : <>, answered in {formatMs(took)}</>}
        </p>
      </div>
      <div aria-live="polite" className="grid gap-4">
        <VerdictBox verdict={verdict} loading={loading} />
        {verdict?.kind === "wrong" ? (
          <ProofBox service={service} proof={proof} signable={signable} prove={prove} />
        ) : null}
      </div>
      <Scores scores={scores} expected={expected} />
      {receiptFile ? <ReceiptCard file={receiptFile} denom={service.denom} /> : null}
    </>
  );
}

function ProblemBox({ problem, again }: { problem: Problem; again: () => void }): ReactNode {
  const { title, text, remedy } = problem;
  return (
    <div role="alert" className="grid gap-3 rounded-lg bg-bad-wash p-4 text-sm">
      <div>
        <p className="font-semibold text-bad">{title}</p>
        <p>{text}</p>
      </div>
      {remedy === "retry" ? (
        <Button className="justify-self-start" onClick={again}>
          Try again
        </Button>
      ) : remedy === "look-again" ? (
        <Button className="justify-self-start" onClick={() => location.reload()}>
          Show the new price
        </Button>
      ) : remedy === "elsewhere" ? (
        <LinkButton to="/play" document className="justify-self-start">
          Choose another service
        </LinkButton>
      ) : null}
    </div>
  );
}
