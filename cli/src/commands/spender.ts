import { getApprovals } from "@assay/client/actions/getApprovals";
import type { Approval } from "@assay/client/generated/assay/marketplace/v1/channel";
import { approveSpender, revokeSpender } from "@assay/client/messages";
import type { Command } from "commander";
import { checkAddress } from "../address.ts";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { formatCoin, parseCoin, parseUint } from "../format.ts";
import { resolveService } from "../market/services.ts";
import { facts, sections, table } from "../output.ts";
import { sendConfirmed, sentOf } from "../send.ts";
import type { Session } from "../session.ts";

const MAX_SERVICES = 32;
const MAX_BLOCKS = 1n << 40n;

export function addSpenderCommands(program: Command, cli: Cli): void {
  const spender = group(
    program,
    "spender",
    "let other accounts, such as an agent's, pay for calls with your coins",
  );
  examples(
    spender
      .command("approve <address>")
      .description("set what an account may lock of your coins; replaces what it was allowed before")
      .requiredOption(
        "--max-total <amount>",
        "at most this in all; what channels give back is not counted back",
      )
      .requiredOption("--max-per-channel <amount>", "at most this in one channel")
      .option("--service <service...>", `only for these services, at most ${MAX_SERVICES} (default: all)`)
      .option("--blocks <n>", "only for this many blocks from now (default: until you revoke it)")
      .action(cli.run(approve)),
    "spender approve assay1… --max-total 5assay --max-per-channel 1assay --key me",
    "spender approve assay1… --max-total 5assay --max-per-channel 1assay --service 7 --blocks 17280 --key me",
  );
  examples(
    spender
      .command("revoke <address>")
      .description("allow an account nothing any more; channels that it has opened stay open")
      .action(cli.run(revoke)),
    "spender revoke assay1… --key me",
  );
  examples(
    spender
      .command("list [owner]")
      .description("what an account allows its spenders; your key's without an address")
      .action(cli.run(list)),
    "spender list --key me",
  );
}

interface ApproveFlags {
  readonly maxTotal: string;
  readonly maxPerChannel: string;
  readonly service?: readonly string[];
  readonly blocks?: string;
}

async function approve(session: Session, spender: string, flags: ApproveFlags): Promise<Answer> {
  checkAddress("spender", spender);
  const maxTotal = parseCoin(flags.maxTotal);
  const perChannel = parseCoin(flags.maxPerChannel);
  if (perChannel.denom !== maxTotal.denom)
    throw new UsageError("--max-total and --max-per-channel must be of the same coin");
  if (perChannel.amount > maxTotal.amount)
    throw new UsageError("--max-per-channel is more than --max-total; lower it");
  const { service: named = [], blocks } = flags;
  if (named.length > MAX_SERVICES) throw new UsageError(`name at most ${MAX_SERVICES} services`);
  const lifetime = blocks === undefined ? undefined : parseUint("blocks", blocks, MAX_BLOCKS);
  const client = await session.client();
  const { address } = await session.key();
  const found = await Promise.all(named.map((reference) => resolveService(client, reference)));
  const services = [...new Set(found.map(({ service }) => service.id))].sort((a, b) => (a < b ? -1 : 1));
  const expiry =
    lifetime === undefined ? 0n : BigInt((await client.comet.status()).syncInfo.latestBlockHeight) + lifetime;
  const message = approveSpender({
    owner: address,
    spender,
    maxTotal,
    maxPerChannel: perChannel.amount,
    services,
    expiry,
  });
  const what = `let ${spender} lock up to ${formatCoin(maxTotal)} of your coins for calls`;
  const result = await sendConfirmed(session, { what, final: true }, [message]);
  const [approval] = await getApprovals(client, { owner: address, spender });
  return {
    json: { ...(approval && viewOf(approval)), ...sentOf(result) },
    text: sections(
      approval ? tableOf([approval]) : "",
      facts([
        ["next", `${spender} pays with: assay infer SERVICE … --funder ${address}`],
        ["transaction", result.hash],
      ]),
    ),
  };
}

async function revoke(session: Session, spender: string): Promise<Answer> {
  checkAddress("spender", spender);
  const client = await session.client();
  const { address } = await session.key();
  const approvals = await getApprovals(client, { owner: address });
  if (!approvals.some((approval) => approval.spender === spender))
    throw new UsageError(`${address} allows ${spender} nothing`);
  const result = await sendConfirmed(session, { what: `allow ${spender} nothing any more` }, [
    revokeSpender({ owner: address, spender }),
  ]);
  return {
    json: { owner: address, spender, ...sentOf(result) },
    text: facts([
      ["revoked", spender],
      ["channels", `those that it has opened stay open; you may close them: assay channel list ${spender}`],
      ["transaction", result.hash],
    ]),
  };
}

async function list(session: Session, given: string | undefined): Promise<Answer> {
  if (given !== undefined) checkAddress("owner", given);
  const owner = await session.addressOr(given);
  const approvals = await getApprovals(await session.client(), { owner });
  return {
    json: approvals.map(viewOf),
    text: approvals.length === 0 ? `${owner} allows nobody to spend its coins.` : tableOf(approvals),
  };
}

function viewOf(approval: Approval) {
  const { maxTotal, expiry, ...rest } = approval;
  return {
    ...rest,
    maxTotal: maxTotal?.amount ?? "0",
    denom: maxTotal?.denom ?? "",
    expiry: expiry === 0n ? null : expiry,
  };
}

function tableOf(approvals: readonly Approval[]): string {
  return table(
    ["spender", ">spent", ">of", ">per channel", "services", "until block"],
    approvals.map(({ spender, spent, maxTotal, maxPerChannel, services, expiry }) => {
      const denom = maxTotal?.denom ?? "";
      return [
        spender,
        formatCoin({ denom, amount: BigInt(spent) }),
        formatCoin({ denom, amount: BigInt(maxTotal?.amount ?? "0") }),
        formatCoin({ denom, amount: BigInt(maxPerChannel) }),
        services.length === 0 ? "all" : services.join(", "),
        expiry === 0n ? "revoked" : expiry,
      ];
    }),
  );
}
