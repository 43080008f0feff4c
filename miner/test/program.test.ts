import { spawn, type ChildProcess } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { saveKey } from "@assay/service-kit/keys";
import { openStore } from "@assay/service-kit/store";
import { expect } from "chai";
import { MIGRATIONS } from "../src/records.ts";
import { temporaryFolder } from "./support/fixture.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const MODEL = fileURLToPath(new URL("../../testdata/intonnx/files/good-cast.onnx", import.meta.url));

describe("program", function () {
  this.timeout(30_000);
  let folder: string;
  let remove: () => Promise<void>;
  let child: ChildProcess | undefined;

  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(async () => {
    child?.kill("SIGKILL");
    await remove();
  });

  async function config(model: Record<string, unknown> = {}): Promise<string> {
    const path = join(folder, "miner.yaml");
    const entry = {
      arena: "digits",
      key: join(folder, "key.json"),
      file: MODEL,
      name: "m",
      licence: "MIT",
      maxFee: 1,
      ...model,
    };
    // JSON is YAML.
    await writeFile(
      path,
      JSON.stringify({
        rpc: "http://127.0.0.1:1",
        "chain-id": "assay-local-1",
        data: join(folder, "data"),
        models: [entry],
      }),
    );
    return path;
  }

  /** Runs the program to its end; `until` in its output makes it stop. */
  function start(args: readonly string[], until?: string): Promise<{ code: number | null; output: string }> {
    return new Promise((resolve) => {
      const started = spawn(process.execPath, [MAIN, ...args]);
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

  it("refuses to start without its key file", async () => {
    const { code, output } = await start(["run", "--config", await config()]);
    expect(output).to.match(/there is no key file .*key\.json; create one/);
    expect(code).to.equal(2);
  });

  it("refuses a key file that others can read", async () => {
    await saveKey(join(folder, "key.json"), "me");
    await chmod(join(folder, "key.json"), 0o604);
    const { code, output } = await start(["run", "--config", await config()]);
    expect(output).to.contain(`run: chmod 600 ${join(folder, "key.json")}`);
    expect(code).to.equal(2);
  });

  it("sends nothing when one of its files is no model", async () => {
    await saveKey(join(folder, "key.json"), "me");
    await writeFile(join(folder, "bad.onnx"), "not a model");
    const { code, output } = await start([
      "run",
      "--config",
      await config({ file: join(folder, "bad.onnx") }),
    ]);
    expect(output).to.match(/bad\.onnx is no model of the profile IntONNX-24/);
    expect(code).to.equal(2);
  });

  it("refuses texts the chain would refuse", async () => {
    const { code, output } = await start([
      "run",
      "--config",
      await config({ name: "a\u202eb", card: "x".repeat(4097) }),
    ]);
    expect(output).to.match(/models\.0\.name: control characters are not allowed/);
    expect(output).to.match(/models\.0\.card: expected at most 4096 bytes/);
    expect(code).to.equal(2);
  });

  it("waits for a node, says so, and ends cleanly when told", async () => {
    await saveKey(join(folder, "key.json"), "me");
    const { code, output } = await start(["run", "--config", await config()], "trying again");
    expect(output).to.match(
      /cannot reach the chain, trying again: No node answers at http:\/\/127\.0\.0\.1:1/,
    );
    expect(code).to.equal(0);
  });

  it("refuses to run twice on one data directory", async () => {
    await saveKey(join(folder, "key.json"), "me");
    const store = openStore(join(folder, "data"), { migrations: MIGRATIONS });
    const { code, output } = await start(["run", "--config", await config()]);
    store.close();
    expect(output).to.match(/another process is running on the data directory/);
    expect(code).to.equal(2);
  });

  it("tells all that is wrong with the flags of register", async () => {
    const flags = [
      "--arena",
      "Digits",
      "--key",
      "k",
      "--name",
      "m",
      "--licence",
      "MIT",
      "--max-fee",
      "-1",
      "--royalty-bps",
      "10001",
    ];
    const { code, output } = await start(["register", MODEL, ...flags, "--data", folder]);
    expect(output).to.match(/arena: expected the name of an arena/);
    expect(output).to.match(/max-fee: expected a whole number of uassay/);
    expect(output).to.match(/royalty-bps:/);
    expect(code).to.equal(2);
  });

  it("does not wait for a node when asked to check a file", async () => {
    const { code, output } = await start([
      "check",
      MODEL,
      "--arena",
      "digits",
      "--rpc",
      "http://127.0.0.1:1",
    ]);
    expect(output).to.match(/No node answers/);
    expect(code).to.equal(1);
  });
});
