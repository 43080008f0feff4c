import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DEFAULT_LIMITS, type Budget } from "@assay/client/market/budget";
import type { InferReturnType, Quote, Verified } from "@assay/client/market/buyer";
import { BudgetExceededError, WrongAnswerError } from "@assay/client/market/buyer-errors";
import { encodeReceiptFile, type ReceiptFile } from "@assay/client/market/x402";
import { BASE_DENOM } from "@assay/client/messages";
import { createFile } from "@assay/service-kit/files";
import type { Command } from "commander";
import { checkAddress } from "../address.ts";
import { meaningOf, outputTable } from "../answer.ts";
import { examples, type Answer, type Cli } from "../command.ts";
import { UsageError, WrongAnswerProvenError } from "../errors.ts";
import { formatAssay, formatCoin, parseCoin, shortAddress, shortId } from "../format.ts";
import { addInputOptions, readItem, type InputFlags } from "../input.ts";
import { purchasesFolder, withBuyer } from "../market/buyer.ts";
import { callsLeftText } from "../market/channels.ts";
import {
  priceText,
  resolveService,
  servedModelName,
  verifiable,
  type KnownService,
} from "../market/services.ts";
import { findArena, readArenas, type KnownArena } from "../names.ts";
import { facts, sections } from "../output.ts";
import { confirm, networkFee } from "../send.ts";
import type { Session } from "../session.ts";

/** About what opening or topping up a channel takes, to tell its fee beforehand. */
const CHANNEL_GAS = 200_000;

export function addInferCommand(program: Command, cli: Cli): void {
  const { maxDeposit, maxTotal } = DEFAULT_LIMITS;
  examples(
    addInputOptions(
      program
        .command("infer <service>")
        .description(
          "ask a service, pay it, and check its answer: no transaction but for locking money at first",
        ),
    )
      .option(
        "--arena <arena>",
        "whose preprocessing and labels are used (default: that of the service's model)",
      )
      .option(
        "--max-deposit <amount>",
        `lock at most this for a service (default ${formatAssay(maxDeposit)})`,
      )
      .option("--budget <amount>", `lock at most this in all, ever (default ${formatAssay(maxTotal)})`)
      .option("--funder <address>", "lock this account's coins, by its approval (see: assay spender)")
      .option("--no-rerun", "do not run the model here too to compare")
      .option("--receipt <file>", "where the receipt is saved (default: in the folder of --data)")
      .action(cli.run(infer)),
    "infer 7 --image seven.png --key me",
    'infer languages-by-ann --text "Alle Menschen sind frei" --key me --yes --json',
    "infer 7 --tensor item.bin --max-deposit 0.5assay --receipt answer.json --key me",
  );
}

interface InferFlags extends InputFlags {
  readonly arena?: string;
  readonly maxDeposit?: string;
  readonly budget?: string;
  readonly funder?: string;
  readonly rerun: boolean;
  readonly receipt?: string;
}

async function infer(session: Session, reference: string, flags: InferFlags): Promise<Answer> {
  const { funder } = flags;
  if (funder !== undefined) checkAddress("funder", funder);
  if (flags.receipt !== undefined) await checkFree(flags.receipt);
  const client = await session.client();
  const [entry, arenas] = [await resolveService(client, reference), await readArenas(client)];
  const { service } = entry;
  const arena = arenaOf(entry, arenas, flags.arena);
  const item = await readItem(arena.spec, flags);
  const budget = budgetOf(service.denom, flags);
  const { address } = await session.key();
  const save = async (file: ReceiptFile): Promise<string> => {
    const path = flags.receipt ?? defaultPath(purchasesFolder(session, client.chainId, address), file);
    await createFile(resolve(path), encodeReceiptFile(file));
    return path;
  };
  const { quote, result } = await withBuyer(session, { budget, funder }, async (buyer) => {
    const quote = await buyer.quote({ service: service.id }).catch(inWordsOfTheCommand);
    await agree(session, entry, quote, funder);
    session.progress.step(quote.first.kind === "nothing" ? "asking" : "locking the deposit, then asking");
    const order = { service: service.id, items: [item], maxPrice: quote.price, signal: session.signal };
    const rerun = flags.rerun && verifiable(service);
    return {
      quote,
      result: await buyer.infer({ ...order, rerun }).catch((error: unknown) => wrong(error, save)),
    };
  });
  const path = result.receiptFile && (await save(result.receiptFile));
  return answerOf(entry, arena, arenas, quote, result, path);
}

/** The arena whose items the service takes. Throws UsageError for a service without a model when none is named. */
function arenaOf(entry: KnownService, arenas: readonly KnownArena[], named: string | undefined): KnownArena {
  if (named !== undefined) return findArena(arenas, named);
  if (verifiable(entry.service)) return findArena(arenas, entry.arena.toString());
  throw new UsageError(
    `service ${entry.service.id} has no model on the chain that would tell what it takes; say with --arena whose items it answers`,
  );
}

/** Limits in the coin that the service takes. Throws UsageError. */
function budgetOf(denom: string, { maxDeposit, budget }: InferFlags): Budget {
  const read = (flag: string, text: string | undefined): bigint | undefined => {
    if (text === undefined) return undefined;
    const coin = parseCoin(text);
    if (coin.denom !== denom) throw new UsageError(`the service is paid in ${denom}: give ${flag} in it`);
    return coin.amount;
  };
  const limits = { maxDeposit: read("--max-deposit", maxDeposit), maxTotal: read("--budget", budget) };
  if (denom === BASE_DENOM) {
    return {
      maxDeposit: limits.maxDeposit ?? DEFAULT_LIMITS.maxDeposit,
      maxTotal: limits.maxTotal ?? DEFAULT_LIMITS.maxTotal,
    };
  }
  if (limits.maxDeposit === undefined || limits.maxTotal === undefined) {
    throw new UsageError(
      `the service is paid in ${denom}: say how much of it with --max-deposit and --budget`,
    );
  }
  return { denoms: { [denom]: { maxDeposit: limits.maxDeposit, maxTotal: limits.maxTotal } } };
}

/** Shows what the call costs and what is locked for it, and asks before anything is locked. */
async function agree(
  session: Session,
  { service }: KnownService,
  { first, cost, denom, callsLeft }: Quote,
  funder: string | undefined,
): Promise<void> {
  const what = `ask service ${service.id}, ${service.name}, of ${shortAddress(service.provider)} for ${priceText(service)}`;
  if (first.kind === "nothing") {
    session.io.err(
      `To ${what}${callsLeft === undefined ? "" : `; ${callsLeftText(callsLeft)}, paid for already`}\n`,
    );
    return;
  }
  const { amount } = first;
  const calls = `about ${amount / cost} ${amount / cost === 1n ? "call" : "calls"}`;
  const prices = [{ what: `lock for ${calls} (what is left comes back)`, amount, denom }];
  const fee = networkFee(CHANNEL_GAS, session.settings.gasPrice);
  await confirm(
    session,
    funder === undefined
      ? { what, prices }
      : {
          what: `${what}, and lock ${formatCoin({ denom, amount })} of the coins of ${funder} for ${calls}`,
          final: true,
        },
    fee,
  );
}

async function checkFree(path: string): Promise<void> {
  const free = await access(path).then(
    () => false,
    () => true,
  );
  if (!free) throw new UsageError(`${path} exists already; choose another --receipt`);
}

function defaultPath(folder: string, { receipt }: ReceiptFile): string {
  return join(folder, "receipts", `service-${receipt.service}-${shortId(receipt.callHash)}.json`);
}

/** The limits of the library are flags of the command. */
function inWordsOfTheCommand(error: unknown): never {
  if (!(error instanceof BudgetExceededError)) throw error;
  const { limit, denom, allowed, used, needed } = error;
  const [flag, remedy] =
    limit === "maxDeposit"
      ? ["--max-deposit", ", or close the channel to begin a new one"]
      : ["--budget", ""];
  const [want, have, most] = [needed, allowed - used, allowed].map((amount) => formatCoin({ denom, amount }));
  throw new UsageError(
    `${want} would have to be locked, but ${flag} allows ${have} more (${most} in all): raise ${flag}${remedy}`,
  );
}

/** Keeps the proof of a wrong answer. */
async function wrong(error: unknown, save: (file: ReceiptFile) => Promise<string>): Promise<never> {
  if (!(error instanceof WrongAnswerError) || !error.receiptFile) throw error;
  const path = await save(error.receiptFile);
  throw new WrongAnswerProvenError(path, error);
}

const CHECKED: Readonly<Record<Verified, string>> = {
  rerun: "run here too: the same outputs, bit by bit",
  receipt: "signed; not run here (--no-rerun)",
  unverified: "unverified: there is no exact model to check it with",
};

function answerOf(
  entry: KnownService,
  arena: KnownArena,
  arenas: readonly KnownArena[],
  { denom, price }: Quote,
  result: InferReturnType,
  path: string | undefined,
): Answer {
  const { service } = entry;
  const { outputs, verified, paid, callsLeft, latencyMs, receipt } = result;
  const [logits = new Int32Array()] = outputs;
  const { answer, label } = meaningOf(arena.spec, logits);
  return {
    json: {
      service: service.id,
      provider: service.provider,
      answer,
      label,
      model: verifiable(service) ? service.model : null,
      outputs: [...logits],
      verified,
      denom,
      price,
      paid,
      callsLeft: callsLeft ?? null,
      latencyMs,
      receipt: receipt ?? null,
      receiptFile: path ?? null,
    },
    text: sections(
      facts([
        ["answer", label ?? answer],
        ["model", verifiable(service) ? servedModelName(entry, arenas) : undefined],
        [
          "receipt",
          receipt ? `signed by service ${service.id}, over this very item and these outputs` : "none",
        ],
        ["checked", CHECKED[verified]],
        [
          "paid",
          paid === 0n ? "nothing" : `${formatCoin({ denom, amount: paid })}, ${callsLeftText(callsLeft)}`,
        ],
        ["time", `${Math.round(latencyMs)} ms`],
        ["receipt file", path],
      ]),
      outputTable(arena.spec, logits),
    ),
  };
}
