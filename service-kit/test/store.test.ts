import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { DiskFullError, exitCodeOf, SetupError } from "../src/errors.ts";
import { openStore, readStore, StoreCorruptError, StoreError, StoreLockedError } from "../src/store.ts";
import { errorOf, withFolder } from "../src/testing/support.ts";

const migrations = ["CREATE TABLE note (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT"];
const note = z.object({ id: z.bigint(), body: z.instanceof(Uint8Array) });

describe("store", () => {
  it("keeps what was recorded, readable by its owner only", () =>
    withFolder(async (root) => {
      const folder = join(root, "data");
      const store = openStore(folder, { migrations });
      store.run("INSERT INTO note VALUES (?, ?)", 2n ** 62n, Uint8Array.of(1, 2));
      store.close();
      const again = openStore(folder, { migrations });
      expect(again.get("SELECT * FROM note", note)).to.deep.equal({
        id: 2n ** 62n,
        body: Uint8Array.of(1, 2),
      });
      again.close();
      expect(statSync(folder).mode & 0o777).to.equal(0o700);
      expect(statSync(join(folder, "store.sqlite")).mode & 0o777).to.equal(0o600);
    }));

  it("records all of a transaction or nothing", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const error = await errorOf(() =>
        store.transaction(() => {
          store.run("INSERT INTO note VALUES (1, x'00')");
          throw new RangeError("no");
        }),
      );
      expect(error).to.be.instanceOf(RangeError);
      expect(store.all("SELECT * FROM note", note)).to.deep.equal([]);
      store.close();
    }));

  it("refuses a second copy in the same process and in another one", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const error = await errorOf(() => openStore(folder, { migrations }));
      expect(error).to.be.instanceOf(StoreLockedError);
      expect(error.message).to.match(/another process is running on the data directory .* own directory/);
      expect(exitCodeOf(error)).to.equal(2);

      const source = `import { openStore } from ${JSON.stringify(new URL("../src/store.ts", import.meta.url).href)};
        try { openStore(${JSON.stringify(folder)}, { migrations: [] }); console.log("opened") } catch (e) { console.log(e.name) }`;
      const other = spawn(process.execPath, ["--input-type=module", "-e", source], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      other.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      await once(other, "close");
      expect(output.trim()).to.equal("StoreLockedError");
      store.close();
    }));

  it("is free again after its holder was killed", () =>
    withFolder(async (folder) => {
      const source = `import { openStore } from ${JSON.stringify(new URL("../src/store.ts", import.meta.url).href)};
        const store = openStore(${JSON.stringify(folder)}, { migrations: ${JSON.stringify(migrations)} });
        store.run("INSERT INTO note VALUES (7, x'07')");
        console.log("ready"); setInterval(() => {}, 1000)`;
      const holder = spawn(process.execPath, ["--input-type=module", "-e", source], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(holder.stdout, "data");
      expect(await errorOf(() => openStore(folder, { migrations }))).to.be.instanceOf(StoreLockedError);
      holder.kill("SIGKILL");
      await once(holder, "close");
      const store = openStore(folder, { migrations });
      expect(store.all("SELECT * FROM note", note)).to.have.length(1);
      store.close();
    }));

  it("can be looked at while it is in use, but not changed", () =>
    withFolder(async (folder) => {
      expect((await errorOf(() => readStore(folder))).message).to.match(/there is no store in/);
      const store = openStore(folder, { migrations });
      store.run("INSERT INTO note VALUES (1, x'00')");
      const view = readStore(folder);
      expect(view.all("SELECT * FROM note", note)).to.have.length(1);
      expect(await errorOf(() => view.run("DELETE FROM note"))).to.be.instanceOf(StoreError);
      view.close();
      store.close();
    }));

  it("flushes every commit but those that may be lost in a power cut", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const synchronous = () =>
        store.get("PRAGMA synchronous", z.object({ synchronous: z.bigint() }))?.synchronous;
      const [normal, full] = [1n, 2n];
      const insert = () => store.run("INSERT INTO note (body) VALUES (x'00')");
      store.transaction(insert);
      expect(synchronous()).to.equal(full);
      store.transaction(insert, { flush: false });
      expect(synchronous()).to.equal(normal);
      insert();
      expect(synchronous(), "single statements are flushed").to.equal(full);
      store.transaction(insert, { flush: false });
      store.transaction(insert);
      expect(synchronous()).to.equal(full);
      // Who is killed leaves the file as it is now, without closing it.
      const view = readStore(folder);
      store.transaction(insert, { flush: false });
      expect(view.all("SELECT * FROM note", note)).to.have.length(6);
      view.close();
      await Promise.all([store.flush(), store.flush()]);
      store.close();
      expect(await errorOf(() => store.flush()), "its log is gone").to.be.instanceOf(Error);
    }));

  it("says what to do about a file that is not a store", () =>
    withFolder(async (folder) => {
      writeFileSync(
        join(folder, "store.sqlite"),
        "this is not a database, whatever its name says\n".repeat(100),
      );
      const error = await errorOf(() => openStore(folder, { migrations }));
      expect(error).to.be.instanceOf(StoreCorruptError);
      expect(error.message).to.match(/move it aside and restore your newest backup/);
      // The failed open left no lock behind.
      expect(await errorOf(() => openStore(folder, { migrations }))).to.be.instanceOf(StoreCorruptError);
    }));

  it("notices a damaged page", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      for (let i = 0; i < 200; i++)
        store.run("INSERT INTO note VALUES (?, ?)", i, new Uint8Array(1000).fill(i));
      store.close();
      const file = openSync(join(folder, "store.sqlite"), "r+");
      for (let page = 2; page < 20; page++) writeSync(file, Buffer.alloc(64, 0xff), 0, 64, page * 4096);
      expect(await errorOf(() => openStore(folder, { migrations }))).to.be.instanceOf(StoreCorruptError);
    }));

  it("throws DiskFullError and keeps working once there is room", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      const pages = store.get("PRAGMA page_count", z.object({ page_count: z.bigint() }))!.page_count;
      store.get(`PRAGMA max_page_count = ${pages + 1n}`, z.unknown());
      const fill = () => store.run("INSERT INTO note (body) VALUES (?)", new Uint8Array(100_000));
      const error = await errorOf(fill);
      expect(error).to.be.instanceOf(DiskFullError);
      expect(error.message).to.match(/no space left to write .*store.sqlite: free some disk space/);
      expect(await errorOf(() => store.transaction(fill))).to.be.instanceOf(DiskFullError);
      store.get("PRAGMA max_page_count = 1000000", z.unknown());
      expect(store.transaction(fill)).to.equal(1);
      store.close();
    }));

  it("runs new migrations once and refuses a store of a newer program", () =>
    withFolder(async (folder) => {
      openStore(folder, { migrations }).close();
      const more = [
        ...migrations,
        "ALTER TABLE note ADD COLUMN extra TEXT; CREATE INDEX by_extra ON note (extra)",
      ];
      const store = openStore(folder, { migrations: more });
      store.run("INSERT INTO note VALUES (1, x'00', 'x')");
      store.close();
      openStore(folder, { migrations: more }).close();
      const error = await errorOf(() => openStore(folder, { migrations }));
      expect(error).to.be.instanceOf(SetupError);
      expect(error.message).to.match(/newer version of this program/);
    }));

  it("reports other failures as StoreError", () =>
    withFolder(async (folder) => {
      const store = openStore(folder, { migrations });
      store.run("INSERT INTO note VALUES (1, x'00')");
      expect(await errorOf(() => store.run("INSERT INTO note VALUES (1, x'00')"))).to.be.instanceOf(
        StoreError,
      );
      store.close();
    }));
});
