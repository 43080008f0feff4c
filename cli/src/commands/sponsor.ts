import { getParams } from "@assay/client/actions/getParams";
import { getSponsor } from "@assay/client/actions/getSponsor";
import { getSponsors } from "@assay/client/actions/getSponsors";
import { NotFoundError } from "@assay/client/errors";
import { approveSponsor, bondSponsor, unbondSponsor } from "@assay/client/messages";
import type { Command } from "commander";
import { checkAddress } from "../address.ts";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { formatAssay, shortAddress } from "../format.ts";
import { findArena, readArenas, type KnownArena } from "../names.ts";
import { facts, sections, table } from "../output.ts";
import { sendConfirmed, sentOf } from "../send.ts";
import type { Session } from "../session.ts";

export function addSponsorCommands(program: Command, cli: Cli): void {
  examples(
    program
      .command("approve-sponsor <arena> <address>")
      .description("let an account bring data to an arena; sign with the curator's key")
      .option("--revoke", "take the approval back, from the next epoch")
      .action(cli.run(approve)),
    "approve-sponsor digits assay1… --key curator",
    "approve-sponsor digits assay1… --revoke --key curator",
  );
  const sponsor = group(program, "sponsor", "bond and look at sponsors");
  examples(
    sponsor
      .command("bond <arena>")
      .description("lock your sponsor bond for an arena, or top it up; it takes the curator's approval")
      .action(cli.run(bond)),
    "sponsor bond digits --key me",
  );
  examples(
    sponsor
      .command("unbond <arena>")
      .description("leave from the next epoch; the bond comes back later and can be slashed until then")
      .action(cli.run(unbond)),
    "sponsor unbond digits --key me",
  );
  examples(
    sponsor
      .command("show <arena> [address]")
      .description("one sponsor with its data; that of your key without an address")
      .action(cli.run(show)),
    "sponsor show digits assay1…",
  );
  examples(
    sponsor.command("list <arena>").description("the sponsors of an arena").action(cli.run(list)),
    "sponsor list digits",
  );
}

async function arenaOf(session: Session, name: string): Promise<KnownArena> {
  return findArena(await readArenas(await session.client()), name);
}

async function approve(
  session: Session,
  arenaName: string,
  sponsor: string,
  { revoke }: { revoke?: boolean },
): Promise<Answer> {
  checkAddress("sponsor", sponsor);
  const arena = await arenaOf(session, arenaName);
  const { address } = await session.key();
  if (address !== arena.curator) {
    throw new UsageError(
      `the curator of arena ${arena.spec.name} is ${arena.curator}, the key is of ${address}: sign with the curator's key`,
    );
  }
  const approved = revoke !== true;
  const what = `${approved ? "approve" : "no longer approve"} ${sponsor} as a sponsor of arena ${arena.spec.name}`;
  const message = approveSponsor({ curator: address, arena: arena.id, sponsor, approved });
  const result = await sendConfirmed(session, { what }, [message]);
  return changed(session, arena, sponsor, result);
}

async function bond(session: Session, arenaName: string): Promise<Answer> {
  const arena = await arenaOf(session, arenaName);
  const { address } = await session.key();
  const [params, present] = await Promise.all([
    getParams(await session.client()),
    find(session, arena, address),
  ]);
  if (!present?.sponsor.approved) {
    throw new UsageError(
      `${address} is not approved for arena ${arena.spec.name}: ask its curator ${arena.curator} to run "assay approve-sponsor ${arena.spec.name} ${address}"`,
    );
  }
  const lacking = BigInt(params.sponsorBond) - present.bond;
  const prices = [
    {
      what: "sponsor bond (comes back after unbonding, less what is slashed)",
      amount: lacking > 0n ? lacking : 0n,
    },
  ];
  const what = `bond as a sponsor of arena ${arena.spec.name}`;
  const result = await sendConfirmed(session, { what, prices }, [
    bondSponsor({ sponsor: address, arena: arena.id }),
  ]);
  return changed(session, arena, address, result);
}

async function unbond(session: Session, arenaName: string): Promise<Answer> {
  const arena = await arenaOf(session, arenaName);
  const { address } = await session.key();
  const what = `unbond as a sponsor of arena ${arena.spec.name}`;
  const result = await sendConfirmed(session, { what, final: true }, [
    unbondSponsor({ sponsor: address, arena: arena.id }),
  ]);
  return changed(session, arena, address, result);
}

async function show(session: Session, arenaName: string, given: string | undefined): Promise<Answer> {
  if (given !== undefined) checkAddress("address", given);
  const arena = await arenaOf(session, arenaName);
  const address = await session.addressOr(given);
  const found = await find(session, arena, address);
  if (!found)
    throw new UsageError(
      `${address} is no sponsor of arena ${arena.spec.name}; see: assay sponsor list ${arena.spec.name}`,
    );
  return { json: viewOf(found, arena), text: describe(found, arena) };
}

async function list(session: Session, arenaName: string): Promise<Answer> {
  const client = await session.client();
  const arena = await arenaOf(session, arenaName);
  const sponsors = await getSponsors(client, { arena: arena.id });
  const found = await Promise.all(
    sponsors.map(({ address }) => getSponsor(client, { arena: arena.id, address })),
  );
  const json = found.map((one) => viewOf(one, arena));
  if (json.length === 0)
    return { json, text: `Arena ${arena.spec.name} has no sponsors; its curator is ${arena.curator}.` };
  const titles = [
    "sponsor",
    "approved",
    "bonded",
    ">bond",
    ">commitments",
    ">batches left",
    ">counted",
    ">misses",
  ];
  const rows = json.map((line) => [
    shortAddress(line.address),
    line.approved ? "yes" : "no",
    line.bonded ? "yes" : "no",
    formatAssay(line.bond),
    line.commitments.length,
    line.commitments.reduce((sum, { remaining }) => sum + remaining, 0),
    line.batchesCounted,
    line.misses.length,
  ]);
  return { json, text: table(titles, rows) };
}

type Found = Awaited<ReturnType<typeof getSponsor>>;

function viewOf({ sponsor, bond: amount, commitments }: Found, arena: KnownArena) {
  const { address, approved, bonded, nextBatch, misses, batchesCounted } = sponsor;
  return {
    arena: arena.spec.name,
    address,
    approved,
    bonded,
    bond: amount,
    nextBatch,
    misses,
    batchesCounted,
    commitments: commitments.map(({ index, root, firstBatch, count, remaining, height }) => ({
      index,
      root,
      firstBatch,
      count,
      remaining,
      height,
    })),
  };
}

function describe(found: Found, arena: KnownArena): string {
  const view = viewOf(found, arena);
  return sections(
    facts([
      ["sponsor", view.address],
      ["arena", view.arena],
      ["approved", view.approved ? "yes" : `no; its curator is ${arena.curator}`],
      ["bond", `${formatAssay(view.bond)}${view.bonded ? "" : ", not bonded"}`],
      ["batches counted", view.batchesCounted],
      ["misses", view.misses.length === 0 ? "none lately" : `in epochs ${view.misses.join(", ")}`],
    ]),
    view.commitments.length === 0
      ? "No data committed yet; assay-sponsor does it."
      : table(
          [">commitment", ">first batch", ">batches", ">left", ">height", "root"],
          view.commitments.map((line) => [
            line.index,
            line.firstBatch,
            line.count,
            line.remaining,
            line.height,
            Buffer.from(line.root).toString("hex").slice(0, 16),
          ]),
        ),
  );
}

async function changed(
  session: Session,
  arena: KnownArena,
  address: string,
  result: Parameters<typeof sentOf>[0],
): Promise<Answer> {
  const found = await getSponsor(await session.client(), { arena: arena.id, address });
  return {
    json: { ...viewOf(found, arena), ...sentOf(result) },
    text: sections(describe(found, arena), `transaction ${result.hash}`),
  };
}

async function find(session: Session, arena: KnownArena, address: string): Promise<Found | undefined> {
  return getSponsor(await session.client(), { arena: arena.id, address }).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
}
