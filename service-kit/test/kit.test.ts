import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { AssayError, WrongChainIdError } from "@assay/client/errors";
import { expect } from "chai";
import { Counter } from "prom-client";
import { EXIT, SetupError } from "../src/errors.ts";
import { createFile, readLimited, writeAtomic } from "../src/files.ts";
import { createJournal } from "../src/journal.ts";
import { createLogger, silentLogger } from "../src/log.ts";
import { createRegistry, serveMetrics, serveServiceMetrics, type Health } from "../src/metrics.ts";
import { runToExitCode } from "../src/service.ts";
import { openStore } from "../src/store.ts";
import { backoffMs, retry } from "../src/timers.ts";
import { errorOf, withFolder } from "../src/testing/support.ts";

const never = new AbortController().signal;

describe("files", () => {
  it("replaces a file whole and creates one once", () =>
    withFolder(async (folder) => {
      const path = join(folder, "deep", "file");
      await writeAtomic(path, "one");
      await writeAtomic(path, "two");
      expect(readFileSync(path, "utf8")).to.equal("two");
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      expect((await errorOf(() => createFile(path, "three"))).message).to.match(/exists already/);
      expect((await readLimited(path, 3)).toString()).to.equal("two");
      expect((await errorOf(() => readLimited(path, 2))).message).to.equal(
        `${path} has 3 bytes, at most 2 are read`,
      );
      expect((await errorOf(() => readLimited(folder, 2))).message).to.equal(
        `${folder} is not a regular file`,
      );
    }));
});

describe("journal", () => {
  it("keeps records across a restart", () =>
    withFolder(async (folder) => {
      const record = {
        hash: "AB",
        txBytes: Uint8Array.of(1, 2),
        timeoutHeight: 7,
        timeoutMs: undefined,
        firstMessage: 0,
        endMessage: 1,
        shared: false,
      };
      const store = openStore(folder, { migrations: [] });
      const journal = createJournal(store);
      await journal.put("a", record);
      await journal.put("a", { ...record, timeoutHeight: 9 });
      await journal.put("b", record);
      await journal.delete("b");
      store.close();
      const again = openStore(folder, { migrations: [] });
      const found = await createJournal(again).get("a");
      expect(found).to.deep.include({ hash: "AB", timeoutHeight: 9, timeoutMs: undefined });
      expect([...found!.txBytes]).to.deep.equal([1, 2]);
      expect(await createJournal(again).get("b")).to.equal(undefined);
      again.close();
    }));
});

describe("journal size", () => {
  it("keeps the newest records only", () =>
    withFolder(async (folder) => {
      const record = {
        hash: "AB",
        txBytes: Uint8Array.of(1),
        timeoutHeight: 7,
        timeoutMs: undefined,
        firstMessage: 0,
        endMessage: 1,
        shared: false,
      };
      const store = openStore(folder, { migrations: [] });
      const journal = createJournal(store, { keep: 3 });
      for (const id of ["a", "b", "c", "a", "d"]) await journal.put(id, record);
      const left = await Promise.all(
        ["a", "b", "c", "d"].map(async (id) => (await journal.get(id)) !== undefined),
      );
      expect(left).to.deep.equal([false, true, true, true]);
      store.close();
    }));
});

describe("log", () => {
  it("writes bigints and bytes readably and no secrets", () => {
    let lines = "";
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines += chunk.toString();
        done();
      },
    });
    const log = createLogger({ name: "x", destination });
    log.info(
      { epoch: 12n, link: Uint8Array.of(0xab), mnemonic: "test junk", key: { mnemonic: "test junk" } },
      "hello",
    );
    const line = JSON.parse(lines) as Record<string, unknown>;
    expect(line).to.include({ name: "x", level: "info", epoch: "12", link: "ab", msg: "hello" });
    expect(lines).not.to.contain("junk");
    lines = "";
    log.error(
      { error: new AssayError("it broke", { cause: new Error("disk on fire"), details: { height: 7n } }) },
      "no",
    );
    const { error } = JSON.parse(lines) as { error: unknown };
    expect(error).to.deep.equal({
      type: "AssayError",
      message: "it broke",
      details: { height: "7" },
      causes: ["disk on fire"],
    });
    lines = "";
    log.error({ error: new TypeError("a bug") }, "no");
    expect(lines).to.match(/"stack":"TypeError: a bug/);
  });
});

describe("retry", () => {
  it("tries again until it works, but not after a fatal error or an abort", async () => {
    let left = 2;
    const options = { what: "do it", log: silentLogger, minMs: 1, maxMs: 2 };
    const flaky = async () => {
      if (left-- > 0) throw new Error("not yet");
      return "done";
    };
    expect(await retry(flaky, { ...options, signal: never })).to.equal("done");
    const fatal = await errorOf(() =>
      retry(() => Promise.reject(new SetupError("never")), {
        ...options,
        signal: never,
        fatal: (e) => e instanceof SetupError,
      }),
    );
    expect(fatal.message).to.equal("never");
    const stop = new AbortController();
    const stopped = errorOf(() =>
      retry(() => Promise.reject(new Error("no")), {
        ...options,
        maxMs: 60_000,
        minMs: 60_000,
        signal: stop.signal,
      }),
    );
    stop.abort();
    expect((await stopped).name).to.equal("AbortError");
  });

  it("waits longer each time, up to the limit", () => {
    expect(backoffMs(0, 100, 1000)).to.be.within(75, 100);
    expect(backoffMs(3, 100, 1000)).to.be.within(600, 800);
    expect(backoffMs(1000, 100, 1000)).to.be.within(750, 1000);
  });
});

describe("metrics", () => {
  it("serves them and the health on loopback until the end", async () => {
    const registry = createRegistry();
    new Counter({ name: "assay_test_total", help: "x", registers: [registry] }).inc(3);
    const stop = new AbortController();
    let health: Health = { ok: true };
    const options = { registry, health: () => health, log: silentLogger, signal: stop.signal };
    const port = await serveMetrics({ ...options, port: 0 });
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await get("/metrics")).text()).to.match(/^assay_test_total 3$/m);
    expect((await get("/health")).status).to.equal(200);
    health = { ok: false, reason: "the chain stands still" };
    const sick = await get("/health");
    expect([sick.status, await sick.json()]).to.deep.equal([503, health]);
    const taken = await errorOf(() => serveMetrics({ ...options, port }));
    expect(taken.message).to.match(/cannot serve metrics on 127.0.0.1:\d+: .*choose another port/);
    stop.abort();
    await errorOf(() => get("/health"));
  });
});

describe("metrics of a service", () => {
  it("follow its settings, and its health follows the chain's head", async () => {
    const stop = new AbortController();
    let headAgeMs = 1_500.4;
    const lines: unknown[] = [];
    const log = createLogger({
      name: "x",
      destination: { write: (line: string) => void lines.push(JSON.parse(line)) },
    });
    const parts = {
      registry: createRegistry(),
      clock: { headAgeMs: () => headAgeMs },
      details: () => ({ models: 2 }),
      log,
      signal: stop.signal,
    };
    await serveServiceMetrics({ metricsHost: "127.0.0.1" }, parts);
    expect(lines, "no port, no server").to.deep.equal([]);
    await serveServiceMetrics({ metricsHost: "127.0.0.1", metricsPort: 0 }, parts);
    const [{ port }] = lines as [{ port: number }];
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    expect([health.status, await health.json()]).to.deep.equal([
      200,
      { ok: true, headAgeMs: 1500, models: 2 },
    ]);
    headAgeMs = 60_001;
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).to.equal(503);
    stop.abort();
  });
});

describe("service", () => {
  const run = async (main: () => Promise<void>, signal = never) => {
    let text = "";
    const code = await runToExitCode("assay-x", main, signal, (part) => (text += part));
    return { code, text };
  };

  it("turns errors into exit codes and text for people", async () => {
    expect(await run(async () => undefined)).to.deep.equal({ code: EXIT.ok, text: "" });
    const cause = new Error("disk on fire");
    expect(await run(() => Promise.reject(new AssayError("it broke; buy a disk", { cause })))).to.deep.equal({
      code: EXIT.failed,
      text: "assay-x: it broke; buy a disk\n  because: disk on fire\n",
    });
    expect((await run(() => Promise.reject(new SetupError("no key")))).code).to.equal(EXIT.setup);
    expect((await run(() => Promise.reject(new WrongChainIdError("u", "a", "b")))).code).to.equal(EXIT.setup);
    const bug = await run(() => Promise.reject(new TypeError("x is undefined")));
    expect(bug.code).to.equal(EXIT.failed);
    expect(bug.text).to.match(/x is undefined\n.*at /s);
  });

  it("counts an abort after a signal as a clean end, otherwise not", async () => {
    const aborted = () => Promise.reject(new DOMException("stopped", "AbortError"));
    expect((await run(aborted, AbortSignal.abort())).code).to.equal(EXIT.ok);
    expect((await run(aborted)).code).to.equal(EXIT.failed);
  });
});
