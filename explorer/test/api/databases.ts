import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Kysely, sql } from "kysely";
import type { Area } from "../../api/area.ts";
import { areas as allAreas } from "../../api/areas.ts";
import { createTables } from "../../api/db/create.ts";
import { openDatabase, type DatabasePlace } from "../../api/db/database.ts";
import type { Database } from "../../api/db/schema.ts";

/** Opens a database that nobody else uses, with all tables of these areas, empty. It is closed after the test. */
export type Open = (areas?: readonly Area[]) => Promise<Kysely<Database>>;

/** Defines the same tests for SQLite and for PostgreSQL. `place` gives an empty database to open yourself. */
export function forEachDatabase(define: (open: Open, place: () => Promise<DatabasePlace>) => void): void {
  const kinds = { SQLite: sqlitePlace, PostgreSQL: postgresPlace };
  for (const [name, newPlace] of Object.entries(kinds)) {
    describe(`on ${name}`, function () {
      // The first to need PostgreSQL starts it.
      this.timeout(120_000);
      const opened: Kysely<Database>[] = [];
      const open: Open = async (areas = allAreas) => {
        const db = openDatabase(await newPlace());
        opened.push(db);
        await createTables(db, areas);
        return db;
      };
      define(open, newPlace);
      afterEach(async () => {
        for (const db of opened.splice(0)) await db.destroy();
      });
    });
  }
}

const folders: string[] = [];

async function sqlitePlace(): Promise<DatabasePlace> {
  const folder = mkdtempSync(join(tmpdir(), "assay-explorer-"));
  folders.push(folder);
  return { file: join(folder, "index.sqlite") };
}

const BIN = "/usr/lib/postgresql/15/bin";
const run = promisify(execFile);

interface Postgres {
  process: ChildProcess;
  url: string;
  schemas: number;
}
let postgres: Promise<Postgres> | undefined;

/** Each place is a schema of its own in the one server of this run. */
async function postgresPlace(): Promise<DatabasePlace> {
  postgres ??= startPostgres();
  const server = await postgres;
  const schema = `t${++server.schemas}`;
  const db = openDatabase({ url: server.url });
  await sql`create schema ${sql.id(schema)}`.execute(db);
  await db.destroy();
  return { url: `${server.url}?options=${encodeURIComponent(`-c search_path=${schema}`)}` };
}

async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), "assay-postgres-"));
  folders.push(folder);
  const data = join(folder, "data");
  // The server refuses to run as root.
  const user = process.getuid?.() === 0 ? await idsOf("postgres") : undefined;
  if (user) chownSync(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder };
  await run(
    join(BIN, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
    options,
  );
  const port = await freePort();
  const settings = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${folder}`,
    "fsync=off",
    "shared_buffers=32MB",
  ];
  const child = spawn(
    join(BIN, "postgres"),
    ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    {
      ...options,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log = `${log}${chunk.toString()}`.slice(-2_000)));
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await untilReady(child, url, () => log);
  return { process: child, url, schemas: 0 };
}

async function untilReady(child: ChildProcess, url: string, log: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const db = openDatabase({ url });
    try {
      await sql`select 1`.execute(db);
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`PostgreSQL does not start:\n${log()}`, { cause: error });
      }
    } finally {
      await db.destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function idsOf(name: string): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await run("id", [flag, name])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

after(async function () {
  this.timeout(20_000);
  if (postgres) {
    const { process: child } = await postgres;
    const closed = once(child, "exit");
    // Fast shutdown: it does not wait for clients.
    child.kill("SIGINT");
    await closed;
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
