import { getParams } from "@assay/client/actions/getParams";
import { getScorer } from "@assay/client/actions/getScorer";
import { getScorers } from "@assay/client/actions/getScorers";
import { NotFoundError } from "@assay/client/errors";
import { bondScorer, unbondScorer, updateScorer } from "@assay/client/messages";
import { HASH_SIZE } from "@assay/client/protocol/hash";
import type { Command } from "commander";
import { checkAddress } from "../address.ts";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { formatAssay, formatShare, shortAddress } from "../format.ts";
import { facts, table } from "../output.ts";
import { sendConfirmed, sentOf } from "../send.ts";
import type { Session } from "../session.ts";

export function addScorerCommands(program: Command, cli: Cli): void {
  const scorer = group(
    program,
    "scorer",
    "bond, change and look at scorers; sign with the validator operator's key",
  );
  examples(
    scorer
      .command("bond")
      .description("register your validator's scorer and lock its bond, or top up one that was slashed")
      .option("--hot-key <address>", "account of the worker (needed the first time)")
      .option(
        "--tip <hex>",
        'tip of its hash chain, as "assay-scorer init" prints it (needed the first time)',
      )
      .action(cli.run(bond)),
    "scorer bond --hot-key assay1… --tip 5f0c… --key operator",
  );
  examples(
    scorer
      .command("update")
      .description("replace the hot key")
      .requiredOption("--hot-key <address>", "account of the worker")
      .action(cli.run(update)),
    "scorer update --hot-key assay1… --key operator",
  );
  examples(
    scorer
      .command("unbond")
      .description("leave from the next epoch; the bond comes back later and can be slashed until then")
      .action(cli.run(unbond)),
    "scorer unbond --key operator",
  );
  examples(
    scorer
      .command("show [address]")
      .description("one scorer, by operator or hot key; that of your key without an address")
      .action(cli.run(show)),
    "scorer show assay1…",
  );
  examples(scorer.command("list").description("all scorers").action(cli.run(list)), "scorer list");
}

async function bond(session: Session, { hotKey, tip }: { hotKey?: string; tip?: string }): Promise<Answer> {
  if (hotKey !== undefined) checkAddress("--hot-key", hotKey);
  const tipBytes = tip === undefined ? new Uint8Array() : parseTip(tip);
  const client = await session.client();
  const { address } = await session.key();
  const [params, present] = await Promise.all([getParams(client), find(session, address)]);
  if (!present && (hotKey === undefined || tip === undefined)) {
    throw new UsageError(
      `${address} has no scorer yet: give --hot-key and --tip ("assay-scorer init" prints the tip)`,
    );
  }
  const amount = max(0n, BigInt(params.scorerBond) - (present?.bond ?? 0n));
  const message = bondScorer({ operator: address, hotKey: hotKey ?? "", tip: tipBytes });
  const prices = [{ what: "scorer bond (comes back after unbonding, less what is slashed)", amount }];
  const result = await sendConfirmed(session, { what: "bond the scorer of your validator", prices }, [
    message,
  ]);
  return changed(session, address, result);
}

async function update(session: Session, { hotKey }: { hotKey: string }): Promise<Answer> {
  checkAddress("--hot-key", hotKey);
  const { address } = await session.key();
  const result = await sendConfirmed(session, { what: "replace the hot key" }, [
    updateScorer({ operator: address, hotKey }),
  ]);
  return changed(session, address, result);
}

async function unbond(session: Session): Promise<Answer> {
  const { address } = await session.key();
  const what = "unbond your scorer, which then earns nothing until it is bonded again";
  const result = await sendConfirmed(session, { what, final: true }, [unbondScorer({ operator: address })]);
  return changed(session, address, result);
}

async function show(session: Session, given: string | undefined): Promise<Answer> {
  if (given !== undefined) checkAddress("address", given);
  const address = await session.addressOr(given);
  const found = await find(session, address);
  if (!found)
    throw new UsageError(`${address} is neither operator nor hot key of a scorer; see: assay scorer list`);
  return { json: viewOf(found), text: describe(found) };
}

async function list(session: Session): Promise<Answer> {
  const client = await session.client();
  const scorers = await getScorers(client);
  const found = await Promise.all(scorers.map(({ operator }) => getScorer(client, { address: operator })));
  const json = found.map(viewOf);
  if (json.length === 0) return { json, text: "No scorers." };
  const titles = [
    "operator",
    "hot key",
    "next epoch",
    ">bond",
    ">rows stood",
    ">of assigned",
    ">misses",
    ">convictions",
  ];
  const rows = json.map((line) => [
    shortAddress(line.operator),
    shortAddress(line.hotKey),
    line.eligible ? "takes part" : line.reason,
    formatAssay(line.bond),
    line.rowsStood,
    formatShare(line.rowsStood, line.rowsAssigned),
    line.misses.length,
    line.convictions.length,
  ]);
  return { json, text: table(titles, rows) };
}

type Found = Awaited<ReturnType<typeof getScorer>>;

function viewOf({ scorer, bond: amount, eligible, reason }: Found) {
  const {
    operator,
    hotKey,
    tip,
    bonded,
    misses,
    convictions,
    inactiveUntil,
    jailedUntil,
    rowsStood,
    rowsAssigned,
  } = scorer;
  return {
    operator,
    hotKey,
    tip,
    bonded,
    bond: amount,
    eligible,
    reason,
    misses,
    convictions,
    inactiveUntil,
    jailedUntil,
    rowsStood,
    rowsAssigned,
  };
}

function describe(found: Found): string {
  const view = viewOf(found);
  return facts([
    ["operator", view.operator],
    ["hot key", view.hotKey],
    ["bond", `${formatAssay(view.bond)}${view.bonded ? "" : ", not bonded"}`],
    ["next epoch", view.eligible ? "takes part" : `does not take part: ${view.reason}`],
    [
      "rows",
      `${view.rowsStood} stood of ${view.rowsAssigned} assigned (${formatShare(view.rowsStood, view.rowsAssigned)})`,
    ],
    ["misses", view.misses.length === 0 ? "none lately" : `in epochs ${view.misses.join(", ")}`],
    [
      "convictions",
      view.convictions.length === 0 ? "none lately" : `in epochs ${view.convictions.join(", ")}`,
    ],
    ["inactive until", view.inactiveUntil === 0n ? undefined : `epoch ${view.inactiveUntil}`],
    ["jailed until", view.jailedUntil === 0n ? undefined : `epoch ${view.jailedUntil}`],
  ]);
}

async function changed(
  session: Session,
  address: string,
  result: Parameters<typeof sentOf>[0],
): Promise<Answer> {
  const found = await getScorer(await session.client(), { address });
  return {
    json: { ...viewOf(found), ...sentOf(result) },
    text: `${describe(found)}\ntransaction     ${result.hash}`,
  };
}

async function find(session: Session, address: string): Promise<Found | undefined> {
  return getScorer(await session.client(), { address }).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
}

function parseTip(tip: string): Uint8Array {
  if (!/^[0-9a-fA-F]{64}$/.test(tip))
    throw new UsageError(
      `--tip "${tip}" is not ${HASH_SIZE} bytes in hex, as "assay-scorer init" prints them`,
    );
  return Uint8Array.from(Buffer.from(tip, "hex"));
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
