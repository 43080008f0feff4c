import { spawn, type ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { saveKey } from "@assay/service-kit/keys";
import { openStore } from "@assay/service-kit/store";
import { expect } from "chai";
import { MIGRATIONS } from "../../src/records.ts";
import type { Finding } from "../../src/serve/doctor.ts";
import { temporaryFolder } from "../support/fixture.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

describe("program that serves", function () {
  this.timeout(30_000);
  let folder: string;
  let config: string;
  let remove: () => Promise<void>;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    config = join(folder, "serve.yaml");
    // JSON is YAML. Nothing listens at these ports.
    const settings = {
      rpc: "http://127.0.0.1:1",
      chainId: "assay-local-1",
      data: join(folder, "data"),
      key: join(folder, "key.json"),
      listen: { port: 0 },
      publicUrl: "http://127.0.0.1:1",
      services: [{ name: "digits", model: "digits/best", price: 100 }],
    };
    await writeFile(config, JSON.stringify(settings));
  });

  afterEach(async () => {
    child?.kill("SIGKILL");
    await remove();
  });

  /** Runs the program to its end; `until` in its output makes it stop. */
  function start(command: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
    return new Promise((resolve) => {
      const started = spawn(process.execPath, [MAIN, command, "--config", config, ...args]);
      child = started;
      let output = "";
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        if (output.includes("cannot reach the chain, trying again")) started.kill("SIGTERM");
      };
      started.stdout.on("data", read);
      started.stderr.on("data", read);
      started.on("close", (code) => resolve({ code, output }));
    });
  }

  it("waits for the chain, and ends with 0 when it is told to", async () => {
    await saveKey(join(folder, "key.json"), "me");
    const { code, output } = await start("serve");
    expect(output).to.match(/No node answers at http:\/\/127.0.0.1:1/);
    expect(code).to.equal(0);
  });

  it("does not start without its key, or beside another process", async () => {
    const keyless = await start("serve");
    expect([keyless.code, keyless.output]).to.satisfy(
      ([code, text]: [number, string]) => code === 2 && /there is no key file .*assay keys add/.test(text),
    );
    await saveKey(join(folder, "key.json"), "me");
    const store = openStore(join(folder, "data"), { migrations: MIGRATIONS });
    const { code, output } = await start("serve");
    store.close();
    expect(output).to.match(/another process is running on the data directory/);
    expect(code).to.equal(2);
  });

  it("has a doctor that finds all that is wrong at once, and says what to do", async () => {
    const { code, output } = await start("doctor", "--json");
    expect(code).to.equal(1);
    expect(output).to.match(/assay-miner: \d of \d checks failed/);
    const findings = JSON.parse(output.slice(0, output.lastIndexOf("]") + 1)) as Finding[];
    const byName = new Map(findings.map((finding) => [finding.check, finding]));
    expect(byName.get("account key")?.found).to.match(/there is no key file/);
    expect(byName.get("chain")?.found).to.match(/No node answers/);
    expect(byName.get("data directory")).to.deep.include({ ok: true });
    expect(byName.get("serving key of digits")?.found).to.match(/will be made/);
    const publicUrl = byName.get("public URL");
    expect(publicUrl?.ok).to.equal(false);
    expect(publicUrl?.todo).to.match(/check publicUrl, listen, the firewall/);
    expect((await start("doctor")).output).to.match(/FAIL +public URL: .*\n +to do: check publicUrl/);
  });
});
