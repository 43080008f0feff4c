import { getArena } from "@assay/client/actions/getArena";
import { getModels } from "@assay/client/actions/getModels";
import { getParams } from "@assay/client/actions/getParams";
import { MsgCreateArenaResponse } from "@assay/client/generated/assay/poi/v1/tx";
import { createArena, fundArena } from "@assay/client/messages";
import type { Command } from "commander";
import { readArenaFile } from "../arena-spec.ts";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { formatAssay, parseAmount, toHex } from "../format.ts";
import { readFileOf } from "../input.ts";
import { findArena, namerOf, readArenas } from "../names.ts";
import { facts, table } from "../output.ts";
import { sendConfirmed, sentOf } from "../send.ts";
import type { Session } from "../session.ts";
import { UsageError } from "../errors.ts";

export function addArenaCommands(program: Command, cli: Cli): void {
  examples(
    program.command("arenas").description("list all arenas").action(cli.run(arenas)),
    "arenas",
    "arenas --json",
  );
  const arena = group(program, "arena", "open an arena, or fund what it pays");
  examples(
    arena
      .command("create <file>")
      .description(
        "open an arena: JSON or YAML with name, description, input, preprocessing, answer and reference, as an entry of models/arenas.json",
      )
      .action(cli.run(create)),
    "arena create colours.yaml --key me",
  );
  examples(
    arena
      .command("fund <arena> <amount>")
      .description("add to an arena's pot, which pays authors beside the emission")
      .option(
        "--per-epoch <amount>",
        "what a settled epoch pays out of the pot from now on (its creator only)",
      )
      .action(cli.run(fund)),
    "arena fund digits 100assay --key me",
    "arena fund colours 100assay --per-epoch 0.5assay --key me",
  );
}

async function arenas(session: Session): Promise<Answer> {
  const client = await session.client();
  const [known, models] = await Promise.all([readArenas(client), getModels(client)]);
  const pots = await Promise.all(known.map(({ id }) => getArena(client, { arena: id })));
  const name = namerOf(models);
  const weights = known.reduce((sum, { weight }) => sum + weight, 0);
  const json = known.map(
    ({ id, spec, creator, curator, weight, steps, top, called, settledEpochs, potPerEpoch }, i) => ({
      id,
      name: spec.name,
      description: spec.description,
      input: { type: spec.inputType, shape: spec.inputShape },
      preprocessing: spec.preprocessing,
      labels: spec.labels,
      tolerance: spec.tolerance,
      creator,
      curator,
      weight,
      steps,
      top: toHex(top),
      called: called.length > 0 ? toHex(called) : null,
      settledEpochs,
      models: models.filter(({ arena }) => arena === id).length,
      pot: pots[i]?.pot ?? 0n,
      potPerEpoch,
    }),
  );
  const text =
    json.length === 0
      ? "The chain has no arena yet."
      : table(
          [
            ">id",
            "arena",
            "what",
            ">weight",
            ">steps",
            "top",
            "called",
            ">models",
            ">epochs settled",
            ">pot",
          ],
          json.map((arena, i) => [
            arena.id,
            arena.name,
            arena.description.length > 40 ? `${arena.description.slice(0, 39)}…` : arena.description,
            weights === 0 ? "0" : `${arena.weight} of ${weights}`,
            arena.steps - 1,
            name(known[i]?.top ?? new Uint8Array()),
            name(known[i]?.called ?? new Uint8Array()),
            arena.models,
            arena.settledEpochs,
            formatAssay(arena.pot),
          ]),
        );
  return { json, text };
}

async function create(session: Session, path: string): Promise<Answer> {
  const client = await session.client();
  const params = await getParams(client);
  const { spec, reference } = await readArenaFile(path);
  const file = await readFileOf("the reference model", reference.file, params.maxFileBytes);
  const { address } = await session.key();
  const message = createArena({
    creator: address,
    spec,
    referenceFile: file,
    referenceName: reference.name,
    referenceCard: reference.card,
    referenceLicence: reference.licence,
  });
  const prices = [{ what: "arena bond (stays locked)", amount: BigInt(params.arenaBond) }];
  const result = await sendConfirmed(session, { what: `open arena ${spec.name}`, prices, final: true }, [
    message,
  ]);
  const { arena, reference: model } = MsgCreateArenaResponse.decode(
    result.msgResponses[0]?.value ?? new Uint8Array(),
  );
  const json = { arena, name: spec.name, reference: toHex(model), curator: address, ...sentOf(result) };
  return {
    json,
    text: facts([
      ["arena", `${spec.name}, number ${arena}`],
      ["reference", toHex(model)],
      ["curator", `${address}: approve sponsors with "assay approve-sponsor ${spec.name} ADDRESS"`],
      ["weight", "0: governance gives weight; until then only its pot pays"],
      ["transaction", result.hash],
    ]),
  };
}

async function fund(
  session: Session,
  arenaName: string,
  amountText: string,
  { perEpoch }: { perEpoch?: string },
): Promise<Answer> {
  const amount = parseAmount(amountText);
  const each = perEpoch === undefined ? undefined : parseAmount(perEpoch);
  if (each === 0n)
    throw new UsageError("--per-epoch 0 keeps what an epoch pays now; leave it out, or give more than 0");
  const client = await session.client();
  const arena = findArena(await readArenas(client), arenaName);
  const { address } = await session.key();
  if (each !== undefined && address !== arena.creator) {
    throw new UsageError(
      `only ${arena.creator}, who opened arena ${arena.spec.name}, sets --per-epoch; leave it out`,
    );
  }
  const message = fundArena({
    funder: address,
    arena: arena.id,
    amount,
    ...(each !== undefined && { perEpoch: each }),
  });
  const prices = [{ what: "to the arena's pot (does not come back)", amount }];
  const result = await sendConfirmed(session, { what: `fund arena ${arena.spec.name}`, prices }, [message]);
  const now = await getArena(client, { arena: arena.id });
  return {
    json: {
      arena: arena.id,
      name: arena.spec.name,
      amount,
      pot: now.pot,
      potPerEpoch: now.arena.potPerEpoch,
      ...sentOf(result),
    },
    text: facts([
      ["pot", formatAssay(now.pot)],
      [
        "pays per settled epoch",
        `${formatAssay(now.arena.potPerEpoch)}${now.arena.potPerEpoch === "0" ? `: its creator sets it with --per-epoch` : ""}`,
      ],
      ["transaction", result.hash],
    ]),
  };
}
