import { getArenas } from "@assay/client/actions/getArenas";
import { getBalance } from "@assay/client/actions/getBalance";
import { getClock } from "@assay/client/actions/getClock";
import { getEmission } from "@assay/client/actions/getEmission";
import { getEpochs } from "@assay/client/actions/getEpochs";
import { getRegistrationFee } from "@assay/client/actions/getRegistrationFee";
import { getRewards } from "@assay/client/actions/getRewards";
import type { Command } from "commander";
import { phaseName } from "@assay/service-kit/clock";
import { examples, type Answer, type Cli } from "../command.ts";
import { formatAssay } from "../format.ts";
import { facts, sections } from "../output.ts";
import type { Session } from "../session.ts";

export function addStatusCommand(program: Command, cli: Cli): void {
  const command = program
    .command("status")
    .description("the node, the epoch, what was minted, and the account of your key")
    .action(cli.run(status));
  examples(command, "status", "status --rpc http://127.0.0.1:26657 --key me", "status --json");
}

async function status(session: Session): Promise<Answer> {
  const client = await session.client();
  const [node, { clock, height }, emission, [last], arenas, fee] = await Promise.all([
    client.comet.status(),
    getClock(client),
    getEmission(client),
    getEpochs(client, { limit: 1, reverse: true }),
    getArenas(client),
    getRegistrationFee(client),
  ]);
  const account = session.settings.key === undefined ? undefined : await accountOf(session);
  const json = {
    chainId: client.chainId,
    rpc: client.rpcUrl,
    node: {
      moniker: node.nodeInfo.moniker,
      version: node.nodeInfo.version,
      catchingUp: node.syncInfo.catchingUp,
    },
    height,
    time: new Date(node.syncInfo.latestBlockTime.getTime()).toISOString(),
    epoch: clock.epoch,
    phase: phaseName(clock.phase),
    settledEpochs: clock.settledEpochs,
    arenas: arenas.length,
    lastEpoch: last && {
      epoch: last.epoch,
      void: last.void,
      arenasSettled: last.arenasSettled,
      slots: last.slots,
      slotsCounted: last.slotsCounted,
      auditedItems: last.auditedItems,
      challenges: last.challenges,
      convictions: last.convictions,
      minted: last.emission?.minted ?? "0",
    },
    minted: emission.state.minted,
    emissionPerBlock: emission.perBlock,
    registrationFee: fee.amount,
    account,
  };
  return { json, text: describe(json) };
}

interface Account {
  readonly name: string;
  readonly address: string;
  readonly balance: bigint;
  readonly rewards: bigint;
}

async function accountOf(session: Session): Promise<Account> {
  const [client, { name, address }] = [await session.client(), await session.key()];
  const [balance, rewards] = await Promise.all([
    getBalance(client, { address }),
    getRewards(client, { address }),
  ]);
  return { name, address, balance, rewards };
}

interface Status {
  readonly chainId: string;
  readonly rpc: string;
  readonly node: { readonly moniker: string; readonly version: string; readonly catchingUp: boolean };
  readonly height: bigint;
  readonly time: string;
  readonly epoch: bigint;
  readonly phase: string;
  readonly settledEpochs: bigint;
  readonly arenas: number;
  readonly lastEpoch?: {
    readonly epoch: bigint;
    readonly void: boolean;
    readonly arenasSettled: number;
    readonly slots: number;
    readonly slotsCounted: number;
    readonly auditedItems: bigint;
    readonly challenges: number;
    readonly convictions: number;
    readonly minted: string;
  };
  readonly minted: string;
  readonly emissionPerBlock: bigint;
  readonly registrationFee: bigint;
  readonly account?: Account;
}

function describe(status: Status): string {
  const { node, lastEpoch, account } = status;
  const ended =
    lastEpoch &&
    (lastEpoch.void
      ? `${lastEpoch.epoch}: void, too few scorers revealed`
      : `${lastEpoch.epoch}: ${lastEpoch.arenasSettled} of ${status.arenas} arenas settled, ` +
        `${lastEpoch.slotsCounted} of ${lastEpoch.slots} slots count, ${lastEpoch.auditedItems} items audited, ` +
        `${lastEpoch.challenges} challenges, ${lastEpoch.convictions} convictions`);
  return sections(
    facts([
      ["chain", status.chainId],
      [
        "node",
        `${node.moniker} at ${status.rpc}, CometBFT ${node.version}${node.catchingUp ? ", still catching up" : ""}`,
      ],
      ["height", `${status.height} (${status.time})`],
      ["epoch", `${status.epoch}, phase ${status.phase}; ${status.settledEpochs} settled so far`],
      ["last epoch", ended ?? "none has ended yet"],
      ["minted in it", lastEpoch && formatAssay(lastEpoch.minted)],
      [
        "minted ever",
        `${formatAssay(status.minted)}, now at most ${formatAssay(status.emissionPerBlock)} a block`,
      ],
      ["registration fee", formatAssay(status.registrationFee)],
    ]),
    account
      ? facts([
          ["account", `${account.name}, ${account.address}`],
          ["balance", formatAssay(account.balance)],
          ["rewards", `${formatAssay(account.rewards)} to claim`],
        ])
      : "",
  );
}
