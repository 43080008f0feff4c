import { getContender } from "@assay/client/actions/getContender";
import { getModel } from "@assay/client/actions/getModel";
import { getModelEpochs } from "@assay/client/actions/getModelEpochs";
import { getModels } from "@assay/client/actions/getModels";
import { getSales } from "@assay/client/actions/getSales";
import { getParams } from "@assay/client/actions/getParams";
import { infer } from "@assay/client/actions/infer";
import { NotFoundError } from "@assay/client/errors";
import { inferGas } from "@assay/client/gas";
import type { Model } from "@assay/client/generated/assay/poi/v1/model";
import { withdrawModel } from "@assay/client/messages";
import { interval } from "@assay/client/protocol/score";
import type { Command } from "commander";
import { meaningOf, outputTable } from "../answer.ts";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { formatAssay, formatBits, formatCoin, formatPpm, shortAddress, shortId, toHex } from "../format.ts";
import { addInputOptions, readItem, type InputFlags } from "../input.ts";
import { findArena, modelName, readArenas, resolveModel, statusName, type KnownArena } from "../names.ts";
import { facts, sections, table } from "../output.ts";
import { register } from "../register.ts";
import { confirm, networkFee, sendConfirmed, senderOf, sentOf } from "../send.ts";
import type { Session } from "../session.ts";

const MILLION = 1_000_000;
const SHOWN_EPOCHS = 10;

export function addModelCommands(program: Command, cli: Cli): void {
  const model = group(program, "model", "look at models, register, run and withdraw them");
  examples(
    model
      .command("list")
      .description("list models with score and standing")
      .option("--arena <arena>", "only of this arena")
      .option("--author <address>", "only of this author")
      .action(cli.run(list)),
    "model list",
    "model list --arena digits --json",
  );
  examples(
    model
      .command("show <model>")
      .description("everything about one model; name it by id, its first digits, or arena/name")
      .action(cli.run(show)),
    "model show digits/digits-conv-12",
    "model show 3fa94c",
  );
  examples(
    model
      .command("register <file>")
      .description("reserve a place and register an ONNX file of the profile IntONNX-24")
      .requiredOption("--arena <arena>", "arena it competes in")
      .requiredOption("--name <text>", "display name, at most 64 bytes")
      .requiredOption("--licence <id>", "SPDX identifier or URL")
      .option("--card <text>", "model card, at most 4096 bytes")
      .option("--parent <model...>", "models it was made from, at most 4")
      .option("--royalty-bps <n>", "royalty on models made from it, in 1/10000 (default 0)")
      .option("--infer-fee <amount>", "what one run on the chain pays you (default 0uassay)")
      .option("--max-fee <amount>", "largest registration fee to burn (default: what it is now)")
      .action(cli.run(register)),
    "model register mine.onnx --arena digits --name mine --licence Apache-2.0 --key me",
    "model register mine.onnx --arena digits --name mine --licence MIT --parent digits/digits-reference --max-fee 5assay --yes",
  );
  examples(
    addInputOptions(
      model
        .command("infer <model>")
        .description("let the chain run a model on one item, and pay its author's fee"),
    ).action(cli.run(inferModel)),
    "model infer digits/digits-conv-12 --image seven.png --key me",
    'model infer languages/languages-reference --text "Alle Menschen sind frei" --key me --yes',
  );
  examples(
    model
      .command("withdraw <model>")
      .description("end a model's contention; its bond comes back, a step it took goes on earning")
      .action(cli.run(withdraw)),
    "model withdraw digits/mine --key me",
  );
}

/** A model for machines. Accuracies in parts per million. */
function viewOf(model: Model, arenas: readonly KnownArena[]) {
  const { terms } = model;
  return {
    id: model.id,
    name: model.name,
    arena: arenas.find(({ id }) => id === model.arena)?.spec.name ?? model.arena,
    author: model.author,
    status: statusName(model.status),
    accuracy: model.accuracy,
    smoothed: model.smoothed,
    scoredItems: model.scoredItems,
    scoredEpochs: model.scoredEpochs,
    step: model.stepMark === 0 ? null : model.stepMark - 1,
    macs: model.macs,
    elements: model.elements,
    fileBytes: model.fileBytes,
    hasFile: model.hasFile,
    bonded: model.bonded,
    registeredHeight: model.registeredHeight,
    licence: terms?.licence ?? "",
    royaltyBps: terms?.royaltyBps ?? 0,
    inferFee: terms?.inferFee ?? "0",
    parents: terms?.parents ?? [],
    card: model.card,
  };
}

async function list(
  session: Session,
  { arena, author }: { arena?: string; author?: string },
): Promise<Answer> {
  const client = await session.client();
  const arenas = await readArenas(client);
  const only = arena === undefined ? undefined : findArena(arenas, arena).id;
  const models = await getModels(client, {
    ...(only !== undefined && { arena: only }),
    ...(author !== undefined && { author }),
  });
  const json = models.map((model) => viewOf(model, arenas));
  const rows = json
    .toSorted((a, b) => String(a.arena).localeCompare(String(b.arena)) || b.smoothed - a.smoothed)
    .map((model) => [
      model.arena.toString(),
      model.name,
      shortId(model.id),
      shortAddress(model.author),
      model.status,
      model.scoredEpochs === 0n ? "-" : formatPpm(model.accuracy),
      model.scoredEpochs === 0n ? "-" : formatPpm(model.smoothed),
      model.scoredItems,
      model.step ?? "-",
      model.macs + model.elements,
    ]);
  const titles = [
    "arena",
    "model",
    "id",
    "author",
    "status",
    ">accuracy",
    ">smoothed",
    ">items",
    ">step",
    ">cost",
  ];
  return { json, text: rows.length === 0 ? "No models." : table(titles, rows) };
}

async function show(session: Session, reference: string): Promise<Answer> {
  const client = await session.client();
  const { model, arenas } = await resolveModel(client, reference);
  const modelHex = toHex(model.id);
  const [epochs, sales, standing] = await Promise.all([
    getModelEpochs(client, { modelHex, limit: SHOWN_EPOCHS, reverse: true }),
    getSales(client, { modelHex }),
    getContender(client, { modelHex }).catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }),
  ]);
  const view = viewOf(model, arenas);
  const contention = standing && {
    reserved: standing.contender.reservationSeq,
    usableSponsors: standing.usableSponsors,
    called: standing.called,
    calls: standing.contender.calls,
    screening: standing.screening,
    trials: standing.trials,
  };
  const last = epochs.map(({ epoch, accuracy, smoothed, items, called, stepAccepted }) => ({
    epoch,
    accuracy,
    smoothed,
    items,
    called,
    step: stepAccepted === 0 ? null : stepAccepted,
  }));
  const sold = sales.map(({ released, burned }) => ({
    denom: released?.denom ?? "",
    released: BigInt(released?.amount ?? 0),
    burned: BigInt(burned),
  }));
  return {
    json: { ...view, sales: sold, contention: contention ?? null, epochs: last },
    text: sections(
      facts([
        ["model", modelName(model, arenas)],
        ["id", modelHex],
        ["author", view.author],
        ["status", `${view.status}${view.step === null ? "" : `, holds step ${view.step}`}`],
        [
          "accuracy",
          view.scoredEpochs === 0n
            ? "not measured yet"
            : `${formatPpm(view.accuracy)} last, ${formatPpm(view.smoothed)} smoothed, ${view.scoredItems} items in ${view.scoredEpochs} epochs`,
        ],
        [
          "cost of a run",
          `${view.macs + view.elements} (${view.macs} MACs, ${view.elements} output elements)`,
        ],
        ["file", `${view.fileBytes} bytes${view.hasFile ? "" : ", deleted"}`],
        ["registered", `at height ${view.registeredHeight}${view.bonded ? ", bonded" : ""}`],
        ["licence", view.licence],
        ["fee per run", formatAssay(view.inferFee)],
        ["royalty", `${view.royaltyBps} of 10000`],
        ...sold.map(
          ({ denom, released, burned }) =>
            [
              "sold by services",
              `${formatCoin({ denom, amount: released })}, of which ${formatCoin({ denom, amount: burned })} were burned as fees`,
            ] as const,
        ),
        ["parents", view.parents.length === 0 ? undefined : view.parents.map((id) => shortId(id)).join(", ")],
        ["card", view.card === "" ? undefined : view.card.replaceAll("\n", " ")],
      ]),
      contention
        ? facts([
            [
              "contends",
              `reserved #${contention.reserved}, ${contention.usableSponsors} sponsors can measure it, called ${contention.calls} times${contention.called ? ", called for the next epoch" : ""}`,
            ],
            [
              "against the top",
              `b ${contention.screening.b}, c ${contention.screening.c} of n ${contention.screening.n}: height ${formatBits(contention.screening.gain)} bits`,
            ],
          ])
        : "",
      last.length === 0
        ? ""
        : table(
            [">epoch", ">accuracy", "95 %", ">smoothed", ">items", ""],
            last.map((line) => {
              const { low, high } = interval(line.accuracy / MILLION, line.items);
              const range = `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`;
              const event = line.step === null ? (line.called ? "called" : "") : `took step ${line.step}`;
              return [
                line.epoch,
                formatPpm(line.accuracy),
                range,
                formatPpm(line.smoothed),
                line.items,
                event,
              ];
            }),
          ),
      last.length === 0
        ? ""
        : `Why an epoch paid what it paid: assay why ${shortId(modelHex)} ${last[0]?.epoch}`,
    ),
  };
}

async function inferModel(session: Session, reference: string, flags: InputFlags): Promise<Answer> {
  const client = await session.client();
  const { model, arenas } = await resolveModel(client, reference);
  const arena = findArena(arenas, model.arena.toString());
  if (!model.hasFile)
    throw new UsageError(
      `the file of ${modelName(model, arenas)} has been deleted; it cannot be run any more`,
    );
  const input = await readItem(arena.spec, flags);
  const maxFee = BigInt(model.terms?.inferFee ?? "0");
  const gas = inferGas(await getParams(client), model, input.length);
  const prices = [{ what: `fee of its author ${shortAddress(model.author)}`, amount: maxFee }];
  await confirm(
    session,
    { what: `run ${modelName(model, arenas)} on the chain`, prices },
    networkFee(gas, session.settings.gasPrice),
  );
  const sender = await senderOf(session);
  session.progress.step("sent, waiting for a block");
  const { logits, hash, height } = await infer(client, {
    sender,
    modelHex: toHex(model.id),
    input,
    maxFee,
    signal: session.signal,
  });
  const { answer, label } = meaningOf(arena.spec, logits);
  return {
    json: { model: model.id, answer, label, logits, fee: maxFee, hash, height },
    text: sections(
      facts([
        ["answer", label ?? answer],
        ["author's fee", formatAssay(maxFee)],
        ["transaction", `${hash} in block ${height}`],
      ]),
      outputTable(arena.spec, logits),
    ),
  };
}

async function withdraw(session: Session, reference: string): Promise<Answer> {
  const client = await session.client();
  const { model, arenas } = await resolveModel(client, reference);
  const { address } = await session.key();
  const name = modelName(model, arenas);
  if (model.author !== address) {
    throw new UsageError(
      `${name} belongs to ${model.author}, the key is of ${address}: sign with the author's key`,
    );
  }
  const message = withdrawModel({ owner: address, model: model.id });
  const what = `withdraw ${name}, which ends its contention for good`;
  const result = await sendConfirmed(session, { what, final: true }, [message]);
  const after = await getModel(client, { modelHex: toHex(model.id) });
  return {
    json: { model: model.id, status: statusName(after.status), ...sentOf(result) },
    text: facts([
      ["model", `${name} is ${statusName(after.status)}`],
      ["bond", `on its way back; "assay rewards show" tells when`],
      ["transaction", result.hash],
    ]),
  };
}
