#!/usr/bin/env node
import { AssayError } from "@assay/client/errors";
import { runService } from "@assay/service-kit/service";
import { Command } from "commander";
import { chainOf } from "./chain.ts";
import { checkModel } from "./check.ts";
import { readCommandSettings, readModelSettings, readRunSettings, readServeSettings } from "./config.ts";
import { ModelFileError, WrongArenaError } from "./errors.ts";
import { register } from "./register.ts";
import { run } from "./run.ts";
import { doctor, type Finding } from "./serve/doctor.ts";
import { serve } from "./serve/serve.ts";
import { close, listedServices, release } from "./serve/services.ts";
import { connect } from "./setup.ts";
import { status } from "./status.ts";
import { withdraw } from "./withdraw.ts";

type Flags = Readonly<Record<string, unknown>>;

await runService("assay-miner", async ({ signal }) => {
  const program = new Command("assay-miner").description(
    "Registers models on an Assay chain, follows what they earn, and serves them for money.",
  );

  const command = (name: string, description: string): Command =>
    program.command(name).description(description).option("--rpc <url>", "RPC address of a node");
  const reporting = (name: string, description: string): Command =>
    command(name, description).option("--json", "print JSON");

  reporting("check <file>", "check a model file before paying, and ask what registering it costs")
    .requiredOption("--arena <name>", "arena it is for")
    .option("--chain-id <id>", "refuse a node of another chain")
    .action(async (file: string, { json, arena, ...flags }: Flags & { arena: string }) => {
      const client = await connect(await readCommandSettings(flags), signal);
      try {
        print({ ok: true, ...(await checkModel(chainOf(client), file, arena)) }, json);
      } catch (error) {
        if (json === true && (error instanceof ModelFileError || error instanceof WrongArenaError))
          print(refusalOf(error), json);
        throw error;
      }
    });

  reporting("register <file>", "reserve and register a model; run it again to go on after a crash")
    .requiredOption("--arena <name>", "arena it is for")
    .requiredOption("--key <file>", "key file of the owner")
    .requiredOption("--name <text>", "display name, at most 64 bytes")
    .requiredOption("--licence <id>", "SPDX identifier or URL")
    .requiredOption("--max-fee <uassay>", "largest registration fee to burn")
    .option("--card <text>", "model card, at most 4096 bytes")
    .option("--parent <id...>", "models it was made from: ids in hex, or names in the arena")
    .option("--royalty-bps <n>", "royalty on served models made from this one, in 1/10000")
    .option("--infer-fee <uassay>", "what a MsgInfer pays you")
    .option("--chain-id <id>", "refuse a node of another chain")
    .option("--data <folder>", "data directory; default ~/.assay-miner")
    .option("--gas-price <price>", 'for example "0.01uassay"')
    .action(async (file: string, { json, rpc, chainId, data, gasPrice, parent, ...model }: Flags) => {
      const settings = await readCommandSettings({ rpc, chainId, data, gasPrice });
      const report = await register(
        settings,
        await readModelSettings({ ...model, file, parents: parent }),
        signal,
      );
      print(report, json);
    });

  command("run", "register what is missing, follow scores and earnings, claim rewards, until stopped")
    .requiredOption("-c, --config <file>", "YAML file, see the README")
    .option("--data <folder>", "data directory")
    .option("--metrics-port <port>", "serve /metrics and /health on this port")
    .option("--log-level <level>", "trace, debug, info, warn or error")
    .action(async ({ config, ...flags }: Flags & { config: string }) =>
      run(await readRunSettings(config, flags), signal),
    );

  reporting("status", "print where every model of a config stands")
    .requiredOption("-c, --config <file>", "YAML file, see the README")
    .action(async ({ json, config, ...flags }: Flags & { config: string }) =>
      print(await status(await readRunSettings(config, flags), signal), json),
    );

  reporting("withdraw <model>", "end a model's contention (by file or id); its bond comes back")
    .requiredOption("--key <file>", "key file of the owner")
    .option("--chain-id <id>", "refuse a node of another chain")
    .option("--data <folder>", "data directory; default ~/.assay-miner")
    .option("--gas-price <price>", 'for example "0.01uassay"')
    .action(async (model: string, { json, key, ...flags }: Flags & { key: string }) =>
      print(await withdraw(await readCommandSettings(flags), key, model, signal), json),
    );

  const serving = (name: string, description: string, parent = program): Command =>
    parent
      .command(name)
      .description(description)
      .requiredOption("-c, --config <file>", "YAML file, see the README")
      .option("--rpc <url>", "RPC address of a node")
      .option("--data <folder>", "data directory");

  serving("serve", "list the services of a config and serve them, until stopped")
    .option("--metrics-port <port>", "serve /metrics and /health on this port")
    .option("--log-level <level>", "trace, debug, info, warn or error")
    .action(async ({ config, ...flags }: Flags & { config: string }) =>
      serve(await readServeSettings(config, flags), signal),
    );

  serving("doctor", "check everything that serving needs, and say what to do")
    .option("--json", "print JSON")
    .action(async ({ json, config, ...flags }: Flags & { config: string }) => {
      const findings = await doctor(await readServeSettings(config, flags), signal);
      process.stdout.write(
        json === true ? `${JSON.stringify(findings, null, 2)}\n` : describeFindings(findings),
      );
      const failed = findings.filter(({ ok }) => !ok).length;
      if (failed > 0) throw new AssayError(`${failed} of ${findings.length} checks failed`);
    });

  const service = program.command("service").description("what the chain has of our services");
  serving("list", "print all services of the account, with what they sold", service)
    .option("--json", "print JSON")
    .action(async ({ json, config, ...flags }: Flags & { config: string }) =>
      print(await listedServices(await readServeSettings(config, flags), signal), json),
    );
  for (const [name, description, act] of [
    ["close", "take a service off the market; its channels are claimed and closed", close],
    ["release", "get the bond of a closed service back, once its time is over", release],
  ] as const)
    serving(`${name} <service>`, description, service)
      .option("--json", "print JSON")
      .action(async (which: string, { json, config, ...flags }: Flags & { config: string }) =>
        print(await act(await readServeSettings(config, flags), which, signal), json),
      );

  await program.parseAsync();
});

/** Why a file was refused, for machines; people read stderr. */
function refusalOf(error: ModelFileError | WrongArenaError): object {
  const { code, node } = error instanceof ModelFileError ? error : { code: "arena", node: undefined };
  return { ok: false, error: { code, node, message: error.message } };
}

function print(report: object, json: unknown): void {
  const reports = Array.isArray(report) ? (report as object[]) : [report];
  const text = json === true ? JSON.stringify(report, null, 2) : reports.map(describe).join("\n\n");
  process.stdout.write(`${text}\n`);
}

function describeFindings(findings: readonly Finding[]): string {
  return findings
    .map(({ check, ok, found, todo }) => {
      const line = `${ok ? "ok  " : "FAIL"}  ${check}: ${found}\n`;
      return todo === undefined ? line : `${line}      to do: ${todo}\n`;
    })
    .join("");
}

function describe(report: object): string {
  return Object.entries(report)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name.padEnd(14)} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
    )
    .join("\n");
}
