import { addressBytes } from "@assay/client/address";
import { getClock } from "@assay/client/actions/getClock";
import { getContenders } from "@assay/client/actions/getContenders";
import { getLadder } from "@assay/client/actions/getLadder";
import { getModels } from "@assay/client/actions/getModels";
import type { Contender } from "@assay/client/generated/assay/poi/v1/arena";
import { sumKept, type Trial } from "@assay/client/protocol/ladder";
import { strength } from "@assay/client/protocol/pay";
import type { Command } from "commander";
import { examples, type Answer, type Cli } from "../command.ts";
import { formatBits, formatShare, shortAddress, shortId, toHex } from "../format.ts";
import { findArena, namerOf, readArenas } from "../names.ts";
import { sections, table } from "../output.ts";
import type { Session } from "../session.ts";

export function addLadderCommand(program: Command, cli: Cli): void {
  const command = program
    .command("ladder <arena>")
    .description("the steps of an arena with what they earn now, and who contends for the next")
    .action(cli.run(ladder));
  examples(command, "ladder digits", "ladder 1 --json");
}

async function ladder(session: Session, arenaName: string): Promise<Answer> {
  const client = await session.client();
  const arena = findArena(await readArenas(client), arenaName);
  const [steps, contenders, models, { params }] = await Promise.all([
    getLadder(client, { arena: arena.id }),
    getContenders(client, { arena: arena.id }),
    getModels(client, { arena: arena.id }),
    getClock(client),
  ]);
  const name = namerOf(models);
  const author = new Map(models.map((model) => [toHex(model.id), model.author]));
  const strengths = steps.map((step) =>
    step.index === 0
      ? 0n
      : strength(step.gain, arena.settledEpochs - step.settledEpoch, BigInt(params.halfLife)),
  );
  const emitting = steps.reduce((sum, step, i) => (step.weighted ? sum + (strengths[i] as bigint) : sum), 0n);
  const divisor = emitting > params.fullGain ? emitting : params.fullGain;
  const json = {
    arena: arena.id,
    name: arena.spec.name,
    weight: arena.weight,
    settledEpochs: arena.settledEpochs,
    fullGain: params.fullGain,
    divisor,
    steps: steps.map((step, i) => ({
      step: step.index,
      model: toHex(step.model),
      modelName: name(step.model),
      author: author.get(toHex(step.model)) ?? null,
      epoch: step.epoch,
      gain: step.gain,
      age: step.index === 0 ? 0n : arena.settledEpochs - step.settledEpoch,
      strength: strengths[i] as bigint,
      weighted: step.weighted,
    })),
    contenders: contenders
      .toSorted((a, b) => (a.reservationSeq < b.reservationSeq ? -1 : 1))
      .map((contender) => ({
        model: toHex(contender.model),
        modelName: name(contender.model),
        reserved: contender.reservationSeq,
        sponsors: contender.sponsors.length,
        ...countsOf(contender),
        calls: contender.calls,
        called: toHex(contender.model) === toHex(arena.called),
      })),
  };
  const text = sections(
    `Arena ${arena.spec.name}: ${arena.steps - 1} steps above the reference, ${arena.settledEpochs} epochs settled, weight ${arena.weight}`,
    table(
      [
        ">step",
        "model",
        "id",
        "author",
        ">epoch",
        ">height (bits)",
        ">age",
        ">strength (bits)",
        ">of the pot",
      ],
      json.steps.map((step) => [
        step.step,
        step.modelName,
        shortId(step.model),
        step.author === null ? "-" : shortAddress(step.author),
        step.step === 0 ? "-" : step.epoch,
        step.step === 0 ? "reference" : formatBits(step.gain),
        step.step === 0 ? "-" : step.age,
        step.step === 0 ? "-" : formatBits(step.strength),
        step.step === 0 ? "-" : step.weighted ? formatShare(step.strength, divisor) : "no weight then",
      ]),
      [
        [
          "",
          "all",
          "",
          "",
          "",
          formatBits(steps.reduce((sum, { gain }) => sum + gain, 0n)),
          "",
          formatBits(strengths.reduce((a, b) => a + b, 0n)),
          formatShare(emitting, divisor),
        ],
      ],
    ),
    json.contenders.length === 0
      ? "Nobody contends for the next step."
      : table(
          ["contender", "id", ">reserved", ">sponsors", ">b", ">c", ">n", ">calls", ""],
          json.contenders.map((line) => [
            line.modelName,
            shortId(line.model),
            `#${line.reserved}`,
            line.sponsors,
            line.b,
            line.c,
            line.n,
            line.calls,
            line.called ? "called" : "",
          ]),
        ),
  );
  return { json, text };
}

/** A contender's screening over the sponsors that are kept. */
function countsOf({ sponsors, screening }: Contender): Pick<Trial, "b" | "c" | "n"> {
  if (sponsors.length === 0) return { b: 0n, c: 0n, n: 0n };
  const trials = sponsors.map((sponsor) => {
    const {
      b = 0,
      c = 0,
      n = 0,
      wrongOld = 0,
      wrongNew = 0,
    } = screening.find((counts) => counts.sponsor === sponsor) ?? {};
    const trial = {
      b: BigInt(b),
      c: BigInt(c),
      n: BigInt(n),
      wrongOld: BigInt(wrongOld),
      wrongNew: BigInt(wrongNew),
    };
    return { sponsor: addressBytes(sponsor), trial };
  });
  const { b, c, n } = sumKept(trials);
  return { b, c, n };
}
