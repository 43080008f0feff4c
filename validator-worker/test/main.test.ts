import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { saveKey } from "@assay/service-kit/keys";
import { openStore } from "@assay/service-kit/store";
import { expect } from "chai";
import { migrations } from "../src/records.ts";
import { withFolder } from "@assay/service-kit/testing/support";
import { OPERATOR, OTHER } from "./support.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A node of chain "assay-elsewhere-1" that only says so. */
async function startNode(): Promise<{ server: Server; url: string }> {
  const status = {
    node_info: {
      protocol_version: { p2p: "8", block: "11", app: "0" },
      id: "00",
      listen_addr: "x",
      network: "assay-elsewhere-1",
      version: "0.40.0",
      channels: "00",
      moniker: "x",
      other: {},
    },
    sync_info: {
      latest_block_hash: "00",
      latest_app_hash: "00",
      latest_block_height: "1",
      latest_block_time: "2026-01-01T00:00:00Z",
      catching_up: false,
    },
    validator_info: {
      address: "00",
      pub_key: { type: "tendermint/PubKeyEd25519", value: "AAAA" },
      voting_power: "1",
    },
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { id } = JSON.parse(body) as { id: number };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result: status }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("assay-scorer", function () {
  this.timeout(30_000);

  /** Runs the program; with `stopOn`, sends SIGTERM as soon as it printed that. */
  async function run(
    arguments_: string[],
    env: Record<string, string> = {},
    stopOn?: RegExp,
  ): Promise<Result> {
    const child = spawn(process.execPath, [main, ...arguments_], {
      env,
      timeout: 20_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stopOn?.test(stdout) === true) child.kill("SIGTERM");
    });
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  }
  const flags = (folder: string) => [
    ...[
      "--chain-id",
      "assay-test-1",
      "--operator",
      OPERATOR,
      "--data",
      join(folder, "data"),
      "--key",
      join(folder, "hot.json"),
    ],
  ];

  it("makes a hash chain once and prints the tip to bond with", () =>
    withFolder(async (folder) => {
      const first = await run(["init", ...flags(folder), "--chain-length", "100"]);
      expect(first).to.include({ code: 0, stderr: "" });
      const { tip, operator } = JSON.parse(first.stdout) as { tip: string; operator: string };
      expect(tip).to.match(/^[0-9a-f]{64}$/);
      expect(operator).to.equal(OPERATOR);
      const again = await run(["init", ...flags(folder), "--chain-length", "100"]);
      expect(JSON.parse(again.stdout)).to.deep.equal({ tip, operator, chainId: "assay-test-1" });
    }));

  it("takes settings from environment and file, and lists what is wrong with them", () =>
    withFolder(async (folder) => {
      const file = join(folder, "scorer.yaml");
      writeFileSync(file, `chain-id: assay-test-1\noperator: ${OPERATOR}\nchain-length: 50\nprobes: off\n`);
      const fine = await run(["init", "--config", file], { ASSAY_SCORER_DATA: join(folder, "data") });
      expect(fine.code).to.equal(0);
      writeFileSync(file, "operator: bob\nthreads: 0\nclaim: key\ncolour: red\nprobes: { budget: -1 }\n");
      const { code, stderr } = await run(["run", "--config", file]);
      expect(code).to.equal(2);
      const lines = [/operator: expected an address/, /threads: /, /chain-id: /, /colour/];
      for (const line of [...lines, /probes.key: /, /probes.budget: /]) expect(stderr).to.match(line);
    }));

  it("says what to do about keys and missing hash chains", () =>
    withFolder(async (folder) => {
      const missing = await run(["run", ...flags(folder)]);
      expect(missing.code).to.equal(2);
      expect(missing.stderr).to.match(/there is no key file .*hot.json/);
      await saveKey(join(folder, "hot.json"), "hot");
      const fresh = await run(["run", ...flags(folder)]);
      expect(fresh).to.deep.include({ code: 2 });
      expect(fresh.stderr).to.match(/there is no hash chain in .*; run: assay-scorer init/);
      chmodSync(join(folder, "hot.json"), 0o644);
      const open = await run(["run", ...flags(folder)]);
      expect(open.code).to.equal(2);
      expect(open.stderr).to.match(/can be read by others \(mode 644\); run: chmod 600/);
    }));

  it("refuses the data of another scorer, data in use, and damaged data", () =>
    withFolder(async (folder) => {
      await saveKey(join(folder, "hot.json"), "hot");
      await run(["init", ...flags(folder), "--chain-length", "50"]);
      const other = await run(["init", ...flags(folder), "--operator", OTHER]);
      expect(other.code).to.equal(2);
      expect(other.stderr).to.match(/belongs to operator .* give each scorer its own/);
      const store = openStore(join(folder, "data"), { migrations });
      const second = await run(["run", ...flags(folder)]);
      store.close();
      expect(second.code).to.equal(2);
      expect(second.stderr).to.match(/another process is running on the data directory/);
      writeFileSync(join(folder, "data", "store.sqlite"), "gone".repeat(5000));
      const damaged = await run(["run", ...flags(folder)]);
      expect(damaged.code).to.equal(2);
      expect(damaged.stderr).to.match(/store.sqlite is damaged .* restore your newest backup/);
    }));

  it("refuses a node of another chain, waits for one that is down, and stops cleanly", () =>
    withFolder(async (folder) => {
      await saveKey(join(folder, "hot.json"), "hot");
      await run(["init", ...flags(folder), "--chain-length", "50"]);
      const { server, url } = await startNode();
      const wrong = await run(["run", ...flags(folder), "--rpc", url]);
      expect(wrong.code).to.equal(2);
      expect(wrong.stderr).to.match(/is a node of chain "assay-elsewhere-1", not of "assay-test-1"/);
      server.close();
      server.closeAllConnections();
      const down = await run(["run", ...flags(folder), "--rpc", url], {}, /cannot connect to the node/);
      expect(down).to.deep.include({ code: 0, stderr: "" });
      expect(down.stdout).to.match(/No node answers at .* Is it running/);
    }));
});
