import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getScorer } from "@assay/client/actions/getScorer";
import { getSponsors } from "@assay/client/actions/getSponsors";
import { createClient, type AssayClient } from "@assay/client/client";
import { approveSponsor, bondScorer } from "@assay/client/messages";
import { createSender } from "@assay/client/sender";
import { loadKey } from "@assay/service-kit/keys";
import { stringify } from "yaml";
import { z } from "zod";
import { freeBasePort, freePort, isFree } from "./ports.ts";
import { ASSAYD, ManagedProcess, ROOT, runToEnd, stopLeftovers } from "./processes.ts";
import { waitFor } from "./wait.ts";

const networkFile = z.object({
  chain_id: z.string(),
  nodes: z.array(z.object({ name: z.string(), home: z.string(), rpc: z.string(), rest: z.string() })),
  accounts: z.array(
    z.object({ name: z.string(), address: z.string(), key_file: z.string(), role: z.string() }),
  ),
});
export type NetworkFile = z.output<typeof networkFile>;
export type Account = NetworkFile["accounts"][number];

const arenasFile = z.object({
  arenas: z.array(
    z.object({
      name: z.string(),
      loader: z.enum(["digits", "languages", "spam"]),
      models: z.array(
        z.object({
          name: z.string(),
          file: z.string(),
          role: z.enum(["honest", "copy"]),
          licence: z.string(),
          card: z.string(),
          parents: z.array(z.string()).default([]),
        }),
      ),
    }),
  ),
});
export type ArenaEntry = z.output<typeof arenasFile>["arenas"][number];

export const ARENAS_FILE = join(ROOT, "models", "arenas.json");

export async function readArenas(): Promise<ArenaEntry[]> {
  return arenasFile.parse(JSON.parse(await readFile(ARENAS_FILE, "utf8"))).arenas;
}

export interface NetworkOptions {
  /** Folder of everything: homes, keys, data of the services, logs. */
  dir: string;
  validators: number;
  /** Only these arenas; all by default. */
  arenas?: readonly string[];
  /** x/poi parameters that differ from those for local networks. */
  params?: Record<string, unknown>;
  blockTime?: string;
  /** Prefer the ports people know (26657, 1317 ...) if they are free. */
  usualPorts?: boolean;
  /** Go on with what is in `dir`. */
  keep?: boolean;
  sponsorsPerArena?: number;
  /** Scorers buy calls from services, too, and report how they were answered. */
  probes?: boolean;
  /** Told of every long step. */
  progress?: (step: string) => void;
  signal?: AbortSignal;
}

/** A local network of real processes: nodes, and the services that are started on it. */
export class LocalNetwork {
  readonly dir: string;
  readonly file: NetworkFile;
  readonly arenas: readonly ArenaEntry[];
  readonly nodes: (ManagedProcess | undefined)[] = [];
  readonly services: ManagedProcess[] = [];
  readonly #options: NetworkOptions;
  readonly #stopped = new AbortController();

  private constructor(options: NetworkOptions, file: NetworkFile, arenas: readonly ArenaEntry[]) {
    this.dir = options.dir;
    this.file = file;
    this.arenas = arenas;
    this.#options = options;
  }

  /** Writes a network (or takes over a kept one) and starts its nodes. */
  static async start(options: NetworkOptions): Promise<LocalNetwork> {
    const { dir, keep = false, progress } = options;
    await access(ASSAYD).catch(() => {
      throw new Error(`${ASSAYD} does not exist; run "make build"`);
    });
    await stopLeftovers(dir);
    const all = await readArenas();
    const arenas =
      options.arenas === undefined ? all : all.filter(({ name }) => options.arenas?.includes(name));
    const summary = join(dir, "net", "network.json");
    const kept = keep && (await exists(summary));
    if (!kept) {
      progress?.("writing the network");
      await rm(dir, { recursive: true, force: true });
      await mkdir(dir, { recursive: true });
      await initNetwork(options, all);
    }
    const file = networkFile.parse(JSON.parse(await readFile(summary, "utf8")));
    const network = new LocalNetwork(options, file, arenas);
    progress?.(`starting ${file.nodes.length} validators`);
    await Promise.all(file.nodes.map((_, i) => network.startNode(i)));
    await network.waitForBlocks();
    return network;
  }

  get rpc(): string {
    return this.#node(0).rpc;
  }

  #node(index: number): NetworkFile["nodes"][number] {
    const node = this.file.nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }

  async startNode(index: number): Promise<void> {
    const node = this.#node(index);
    this.nodes[index] = await ManagedProcess.start({
      name: node.name,
      command: ASSAYD,
      args: ["start", "--home", node.home],
      dir: this.dir,
    });
  }

  client(node = 0): Promise<AssayClient> {
    return createClient({ rpcUrl: this.#node(node).rpc, chainId: this.file.chain_id });
  }

  /** Waits until every node has a block. */
  async waitForBlocks(): Promise<void> {
    for (const index of this.file.nodes.keys()) {
      await waitFor(
        async () => (await (await this.client(index)).comet.status()).syncInfo.latestBlockHeight > 0,
        this.waiting(`the first block of node ${index}`, 60_000),
      );
    }
  }

  /** Options of a wait that fails at once when a program has ended. */
  waiting(what: string, timeoutMs: number): Parameters<typeof waitFor>[1] {
    return {
      what,
      timeoutMs,
      check: () => this.check(),
      ...(this.#options.signal && { signal: this.#options.signal }),
    };
  }

  /** Throws if a node or service has ended by itself. */
  async check(): Promise<void> {
    for (const process of [...this.nodes, ...this.services]) await process?.check();
  }

  account(name: string): Account {
    const account = this.file.accounts.find((candidate) => candidate.name === name);
    if (account === undefined) throw new Error(`the network has no account ${name}`);
    return account;
  }

  withRole(role: string): Account[] {
    return this.file.accounts.filter((account) => account.role === role);
  }

  /** A sender of an account, until the network stops. */
  async sender(name: string) {
    const key = await loadKey(this.account(name).key_file);
    const sender = createSender({ client: await this.client(), ...key, signal: this.#stopped.signal });
    return { address: key.address, sender };
  }

  /** Starts a service's source with Node and remembers it. */
  async startService(name: string, script: string, args: readonly string[]): Promise<ManagedProcess> {
    const process_ = await ManagedProcess.start({
      name,
      command: process.execPath,
      args: [join(ROOT, script), ...args],
      dir: this.dir,
    });
    this.services.push(process_);
    return process_;
  }

  /** Bonds a scorer for every validator and starts the workers; that of `forger` forges its rows. */
  async startScorers(forger?: number): Promise<void> {
    this.#options.progress?.(`starting ${this.file.nodes.length} scorers`);
    await Promise.all(this.file.nodes.map((_, i) => this.bondScorer(i)));
    for (const i of this.file.nodes.keys()) await (i === forger ? this.startForger(i) : this.startScorer(i));
  }

  /** Makes the first hash chain of scorer `index` and bonds it, unless it is bonded already. */
  async bondScorer(index: number): Promise<void> {
    const config = await this.#scorerConfig(index);
    const operator = this.account(`validator-${index}`);
    const client = await this.client();
    const bonded = await getScorer(client, { address: operator.address }).catch(() => undefined);
    if (bonded?.scorer.bonded) return;
    const printed = await runToEnd(
      process.execPath,
      [join(ROOT, SCORER), "init", "--config", config],
      this.#options.signal,
    );
    const { tip } = z.object({ tip: z.string() }).parse(JSON.parse(printed));
    const { sender } = await this.sender(operator.name);
    await sender.send([
      bondScorer({
        operator: operator.address,
        hotKey: this.account(`scorer-${index}`).address,
        tip: Buffer.from(tip, "hex"),
      }),
    ]);
  }

  async startScorer(index: number): Promise<ManagedProcess> {
    return this.startService(`scorer${index}`, SCORER, ["run", "--config", await this.#scorerConfig(index)]);
  }

  /** Starts the worker of the tests that forges its rows. */
  async startForger(index: number): Promise<ManagedProcess> {
    return this.startService(`scorer${index}`, FORGER, ["--config", await this.#scorerConfig(index)]);
  }

  async #scorerConfig(index: number): Promise<string> {
    return this.#writeConfig(`scorer${index}`, {
      // The node that indexes transactions.
      rpc: this.rpc,
      key: this.account(`scorer-${index}`).key_file,
      operator: this.account(`validator-${index}`).address,
      claim: "key",
      operatorKey: this.account(`validator-${index}`).key_file,
      ...(this.#options.probes && {
        probes: { key: this.account(`probe-${index}`).key_file, budget: PROBE_BUDGET },
      }),
    });
  }

  async #writeConfig(name: string, settings: Record<string, unknown>): Promise<string> {
    const path = join(this.dir, "config", `${name}.yaml`);
    await mkdir(join(this.dir, "config"), { recursive: true });
    await writeFile(
      path,
      stringify({ chainId: this.file.chain_id, data: join(this.dir, "data", name), ...settings }),
    );
    return path;
  }

  /** Approves all sponsors and starts the one process that holds their keys. */
  async startSponsors(): Promise<void> {
    this.#options.progress?.("approving sponsors and committing their hidden data");
    const client = await this.client();
    const ids = await this.arenaIds(client);
    const sponsors = this.arenas.flatMap((arena) =>
      this.#sponsorsOf(arena).map((account, i, all) => ({ arena, account, share: `${i + 1}/${all.length}` })),
    );
    const known = (
      await Promise.all([...ids.values()].map((arena) => getSponsors(client, { arena })))
    ).flat();
    const { address: curator, sender } = await this.sender("curator");
    const approvals = sponsors
      // In a network that is kept they are approved already.
      .filter(
        ({ account }) => !known.some(({ address, approved }) => approved && address === account.address),
      )
      .map(({ arena, account }) =>
        approveSponsor({
          curator,
          arena: arenaId(ids, arena.name),
          sponsor: account.address,
          approved: true,
        }),
      );
    if (approvals.length > 0) await sender.send(approvals);
    const config = await this.#writeConfig("sponsors", {
      rpc: this.rpc,
      sponsors: sponsors.map(({ arena, account, share }) => ({
        arena: arena.name,
        key: account.key_file,
        loader: arena.loader,
        share,
        bond: true,
      })),
    });
    await this.startService("sponsors", "sponsor/src/main.ts", ["run", "--config", config]);
  }

  #sponsorsOf(arena: ArenaEntry): Account[] {
    return this.withRole("sponsor").filter(({ name }) => name.startsWith(`sponsor-${arena.name}-`));
  }

  /** Ids of the arenas by name. */
  async arenaIds(client: AssayClient): Promise<Map<string, bigint>> {
    const { arenas } = await client.poi.Arenas({});
    return new Map(arenas.map(({ id, spec }) => [spec?.name ?? "", id]));
  }

  /** Waits until every sponsor has bonded and committed data. */
  async waitForCommitments(): Promise<void> {
    const client = await this.client();
    for (const [name, arena] of await this.arenaIds(client)) {
      const entry = this.arenas.find((candidate) => candidate.name === name);
      if (entry === undefined) continue;
      const expected = this.#sponsorsOf(entry).length;
      await waitFor(
        async () => {
          const sponsors = await getSponsors(client, { arena });
          return sponsors.filter(({ bonded, commitments }) => bonded && commitments > 0).length >= expected;
        },
        this.waiting(`the data of ${expected} sponsors of ${name}`, 120_000),
      );
    }
  }

  /** Starts the one process that registers and follows all models. */
  async startMiners(): Promise<void> {
    this.#options.progress?.("registering models");
    const config = await this.#writeConfig("miners", {
      rpc: this.rpc,
      models: this.arenas.flatMap((arena) =>
        arena.models.map((model, i) => ({
          arena: arena.name,
          key: this.account(`miner-${arena.name}-${i}`).key_file,
          file: join(ROOT, "models", model.file),
          name: model.name,
          card: model.card,
          licence: model.licence,
          parents: model.parents,
          royaltyBps: ROYALTY_BPS,
          maxFee: "1000000000",
        })),
      ),
    });
    await this.startService("miners", "miner/src/main.ts", ["run", "--config", config]);
  }

  /** Starts a server of provider `index` with these services, which it lists; a wrong one answers everything wrongly. */
  async startProvider(index: number, options: ProviderOptions): Promise<Provider> {
    const { services, settings = {}, script = PROVIDER } = options;
    const port = options.port ?? (await freePort());
    const url = `http://127.0.0.1:${port}`;
    const config = await this.#writeConfig(`provider${index}`, {
      rpc: this.rpc,
      key: this.account(`provider-${index}`).key_file,
      listen: { port },
      publicUrl: url,
      services,
      ...settings,
    });
    const process_ = await this.startService(`provider${index}`, script, ["serve", "--config", config]);
    const ready = (): Promise<boolean> =>
      fetch(`${url}/v2/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor(ready, this.waiting(`the services of provider ${index}`, 120_000));
    return { url, port, config, process: process_ };
  }

  /** Starts customer `index`: it buys from every service of the network's arenas, `callsPerSecond` calls in all. */
  async startBuyer(index: number, callsPerSecond: number): Promise<ManagedProcess> {
    const config = await this.#writeConfig(`buyer${index}`, {
      rpc: this.rpc,
      key: this.account(`buyer-${index}`).key_file,
      callsPerSecond,
      loaders: Object.fromEntries(this.arenas.map(({ name, loader }) => [name, loader])),
    });
    return this.startService(`buyer${index}`, BUYER, ["--config", config]);
  }

  /** Stops a service in order and forgets it. */
  async stopService(service: ManagedProcess): Promise<void> {
    await service.stop();
    this.services.splice(this.services.indexOf(service), 1);
  }

  /** Starts the explorer with a faucet and waits until it follows the chain. */
  async startExplorer(port: number, options: ExplorerOptions = {}): Promise<Explorer> {
    const explorer = await this.launchExplorer(port, options);
    const healthy = (): Promise<boolean> =>
      fetch(`${explorer.url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor(healthy, this.waiting("the explorer", 60_000));
    return explorer;
  }

  /** Starts the explorer and does not wait for it. */
  async launchExplorer(port: number, options: ExplorerOptions = {}): Promise<Explorer> {
    const { requestsPerMinute, database = join(this.dir, "explorer.sqlite") } = options;
    const url = `http://127.0.0.1:${port}`;
    const { rpc, rest } = this.#node(0);
    const settings = {
      "--rpc": rpc,
      "--chain-id": this.file.chain_id,
      "--port": String(port),
      "--db": database,
      "--public-rpc": rpc,
      "--public-rest": rest,
      "--faucet-key": this.account("faucet").key_file,
      "--faucet-chains": this.file.chain_id,
      // Everybody here comes from the same address.
      "--faucet-per-prefix": "1000",
      ...(requestsPerMinute !== undefined && { "--requests-per-minute": String(requestsPerMinute) }),
    };
    const process_ = await this.startService("explorer", EXPLORER, [
      "serve",
      ...Object.entries(settings).flat(),
    ]);
    return { url, port, database, process: process_ };
  }

  /** Kills a service with no chance to clean up and forgets it; start it again to see it recover. */
  async killService(service: ManagedProcess): Promise<void> {
    await service.kill();
    this.services.splice(this.services.indexOf(service), 1);
  }

  /** Stops everything, services first so that nobody complains about missing nodes. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error("the network stops"));
    await Promise.all(this.services.map((service) => service.stop()));
    await Promise.all(this.nodes.filter((node) => node !== undefined).map((node) => node.stop()));
  }
}

/** A service as `assay-miner serve` takes it. */
export interface ServedService {
  name: string;
  description?: string;
  /** Id in hex, or arena/name. */
  model?: string;
  price: string;
  /** 0 to 1. */
  promise?: number;
}

export interface ProviderOptions {
  services: readonly ServedService[];
  /** Any other settings of `assay-miner serve`. */
  settings?: Record<string, unknown>;
  port?: number;
  /** Run instead of `assay-miner`, with its arguments. */
  script?: string;
}

export interface Provider {
  readonly url: string;
  readonly port: number;
  readonly config: string;
  readonly process: ManagedProcess;
}

export interface ExplorerOptions {
  /** Of one visitor; the explorer's default otherwise. */
  requestsPerMinute?: number;
  /** File of the index; one in the network's folder otherwise. */
  database?: string;
}

export interface Explorer {
  readonly url: string;
  readonly port: number;
  /** SQLite file of its index. */
  readonly database: string;
  readonly process: ManagedProcess;
}

/** What the authors of the arenas' models ask of those who serve them. */
const ROYALTY_BPS = 1_000;
const PROVIDER = "miner/src/main.ts";
const BUYER = "scripts/demo/buyer.ts";
const EXPLORER = "explorer/api/main.ts";
const SCORER = "validator-worker/src/main.ts";
const FORGER = "scripts/e2e/forging-scorer.ts";
/** What a scorer may pay for probes in an epoch, in uassay. */
const PROBE_BUDGET = "1000000";

function arenaId(ids: Map<string, bigint>, name: string): bigint {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`the chain has no arena ${name}`);
  return id;
}

async function initNetwork(options: NetworkOptions, all: readonly ArenaEntry[]): Promise<void> {
  const {
    dir,
    validators,
    params,
    blockTime = "1s",
    usualPorts = false,
    sponsorsPerArena = 5,
    signal,
  } = options;
  const arenas = await writeArenas(options, all);
  const args = [
    "localnet",
    "init",
    "--validators",
    String(validators),
    "--dir",
    join(dir, "net"),
    "--arenas",
    arenas,
  ];
  args.push("--block-time", blockTime, "--sponsors-per-arena", String(sponsorsPerArena));
  if (params !== undefined) {
    const path = join(dir, "params.json");
    await writeFile(path, JSON.stringify(params));
    args.push("--params", path);
  }
  if (!usualPorts || !(await usualPortsAreFree(validators)))
    args.push("--base-port", String(await freeBasePort(validators)));
  await runToEnd(ASSAYD, args, signal);
}

/** The arenas file to use: the repository's, or one beside it in spirit that lists only some arenas. */
async function writeArenas({ dir, arenas }: NetworkOptions, all: readonly ArenaEntry[]): Promise<string> {
  if (arenas === undefined) return ARENAS_FILE;
  const unknown = arenas.filter((name) => !all.some((entry) => entry.name === name));
  if (unknown.length > 0) throw new Error(`${ARENAS_FILE} has no arena ${unknown.join(", ")}`);
  const content = z
    .object({
      arenas: z.array(z.looseObject({ name: z.string(), reference: z.looseObject({ file: z.string() }) })),
    })
    .parse(JSON.parse(await readFile(ARENAS_FILE, "utf8")));
  const some = content.arenas.filter(({ name }) => arenas.includes(name));
  for (const { reference } of some) {
    const target = join(dir, reference.file);
    await mkdir(join(target, ".."), { recursive: true });
    await writeFile(target, await readFile(join(ROOT, "models", reference.file)));
  }
  const path = join(dir, "arenas.json");
  await writeFile(path, JSON.stringify({ arenas: some }));
  return path;
}

async function usualPortsAreFree(validators: number): Promise<boolean> {
  const ports = Array.from({ length: validators }, (_, i) =>
    [26656, 26657, 26660, 9090, 1317].map((port) => port + 10 * i),
  );
  return (await Promise.all(ports.flat().map(isFree))).every(Boolean);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
