#!/usr/bin/env node
import { runService } from "@assay/service-kit/service";
import { Command } from "commander";
import { build } from "./build.ts";
import { readSettings } from "./config.ts";
import { run } from "./run.ts";
import { status } from "./status.ts";

interface Flags {
  config: string;
  json?: boolean;
  [setting: string]: unknown;
}

await runService("assay-sponsor", async ({ signal }) => {
  const program = new Command("assay-sponsor").description(
    "Brings hidden, labelled test data to arenas of an Assay chain.",
  );

  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .requiredOption("-c, --config <file>", "YAML file, see the README")
      .option("--rpc <url>", "RPC address of a node")
      .option("--data <folder>", "data directory");

  command("run", "commit batches, post inputs and open labels until stopped")
    .option("--metrics-port <port>", "serve /metrics and /health on this port")
    .option("--log-level <level>", "trace, debug, info, warn or error")
    .action(async ({ config, ...flags }: Flags) => run(await readSettings(config, flags), signal));

  command("build", "make the next commitment of every sponsor and print its numbers; sends nothing")
    .option("--json", "print JSON")
    .action(async ({ config, json, ...flags }: Flags) =>
      print(await build(await readSettings(config, flags), signal), json),
    );

  command("status", "print where every sponsor stands on the chain")
    .option("--json", "print JSON")
    .action(async ({ config, json, ...flags }: Flags) =>
      print(await status(await readSettings(config, flags), signal), json),
    );

  await program.parseAsync();
});

function print(reports: readonly object[], json: boolean | undefined): void {
  const text = json
    ? JSON.stringify(reports, null, 2)
    : reports
        .map((report) =>
          Object.entries(report)
            .map(
              ([name, value]) =>
                `${name.padEnd(17)} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
            )
            .join("\n"),
        )
        .join("\n\n");
  process.stdout.write(`${text}\n`);
}
