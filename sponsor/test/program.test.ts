import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type Server } from "node:http";
import { chmod, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { saveKey } from "@assay/service-kit/keys";
import { openStore } from "@assay/service-kit/store";
import { expect } from "chai";
import { MIGRATIONS } from "../src/records.ts";
import { temporaryFolder } from "./support/fixture.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

describe("program", function () {
  this.timeout(30_000);
  let folder: string;
  let remove: () => Promise<void>;
  let server: Server | undefined;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    server = undefined;
  });
  afterEach(async () => {
    child?.kill("SIGKILL");
    server?.close();
    await remove();
  });

  async function config(rpc: string): Promise<string> {
    const path = join(folder, "sponsor.yaml");
    const sponsors = `sponsors:\n  - { arena: digits, key: ${join(folder, "key.json")}, loader: digits }\n`;
    await writeFile(path, `rpc: ${rpc}\nchain-id: assay-local-1\ndata: ${join(folder, "data")}\n${sponsors}`);
    return path;
  }

  /** Runs the program to its end; `until` in its output makes it stop. */
  function start(
    command: string,
    file: string,
    until?: string,
  ): Promise<{ code: number | null; output: string }> {
    return new Promise((resolve) => {
      const started = spawn(process.execPath, [MAIN, command, "--config", file]);
      child = started;
      let output = "";
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        if (until !== undefined && output.includes(until)) started.kill("SIGTERM");
      };
      started.stdout.on("data", read);
      started.stderr.on("data", read);
      started.on("close", (code) => resolve({ code, output }));
    });
  }

  /** A node of another chain. */
  async function foreignNode(): Promise<string> {
    const made = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { id } = JSON.parse(body) as { id: number };
        const zero = "00".repeat(32);
        const result = {
          node_info: {
            protocol_version: { p2p: "8", block: "11", app: "0" },
            id: "00".repeat(20),
            listen_addr: "tcp://127.0.0.1:1",
            network: "other-1",
            version: "0.40.0",
            channels: "40",
            moniker: "other",
            other: { tx_index: "on", rpc_address: "" },
          },
          sync_info: {
            latest_block_hash: zero,
            latest_app_hash: zero,
            latest_block_height: "1",
            latest_block_time: "2026-01-01T00:00:00Z",
            catching_up: false,
          },
          validator_info: {
            address: "00".repeat(20),
            pub_key: { type: "tendermint/PubKeyEd25519", value: Buffer.alloc(32).toString("base64") },
            voting_power: "1",
          },
        };
        response
          .setHeader("content-type", "application/json")
          .end(JSON.stringify({ jsonrpc: "2.0", id, result }));
      });
    });
    server = made;
    await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  }

  it("refuses to start without its key file", async () => {
    const { code, output } = await start("run", await config("http://127.0.0.1:1"));
    expect(code).to.equal(2);
    expect(output).to.match(/there is no key file .*key\.json; create one/);
  });

  it("refuses a key file that others can read", async () => {
    await saveKey(join(folder, "key.json"), "me");
    await chmod(join(folder, "key.json"), 0o644);
    const { code, output } = await start("run", await config("http://127.0.0.1:1"));
    expect(code).to.equal(2);
    expect(output).to.contain(`run: chmod 600 ${join(folder, "key.json")}`);
  });

  it("refuses a node of another chain", async () => {
    await saveKey(join(folder, "key.json"), "me");
    const { code, output } = await start("run", await config(await foreignNode()));
    expect(output).to.match(/is a node of chain "other-1", not of "assay-local-1"/);
    expect(code).to.equal(2);
  });

  it("waits for a node, says so, and ends cleanly when told", async () => {
    await saveKey(join(folder, "key.json"), "me");
    const { code, output } = await start("run", await config("http://127.0.0.1:1"), "trying again");
    expect(output).to.match(
      /cannot reach the chain, trying again: No node answers at http:\/\/127\.0\.0\.1:1/,
    );
    expect(code).to.equal(0);
  });

  it("does not wait for a node when asked for a status", async () => {
    await saveKey(join(folder, "key.json"), "me");
    const { code, output } = await start("status", await config("http://127.0.0.1:1"));
    expect(code).to.equal(1);
    expect(output).to.match(/No node answers/);
  });

  it("refuses to run twice on one data directory", async () => {
    await saveKey(join(folder, "key.json"), "me");
    const store = openStore(join(folder, "data"), { migrations: MIGRATIONS });
    const { code, output } = await start("run", await config("http://127.0.0.1:1"));
    store.close();
    expect(code).to.equal(2);
    expect(output).to.match(/another process is running on the data directory/);
  });

  it("refuses a damaged store and leaves it as it is", async () => {
    await saveKey(join(folder, "key.json"), "me");
    openStore(join(folder, "data"), { migrations: MIGRATIONS }).close();
    await writeFile(join(folder, "data", "store.sqlite"), "not a database, not at all".repeat(100));
    const { code, output } = await start("run", await config("http://127.0.0.1:1"));
    expect(code).to.equal(2);
    expect(output).to.match(/store\.sqlite is damaged.*restore your newest backup/);
  });
});
