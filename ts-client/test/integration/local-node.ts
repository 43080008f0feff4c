import { Secp256k1HdWallet } from "@cosmjs/amino";
import { DirectSecp256k1HdWallet, type OfflineSigner } from "@cosmjs/proto-signing";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createClient, type AssayClient } from "../../src/client.ts";
import { sleep } from "../../src/sleep.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const BINARY = join(ROOT, "build/assayd");
const PREFIX = "assay";

interface NetworkFile {
  chain_id: string;
  nodes: { home: string; rpc: string }[];
  accounts: { name: string; address: string; key_file: string }[];
}

export interface Account {
  address: string;
  /** Signs transactions as bytes. */
  direct: OfflineSigner;
  /** Signs amino JSON, like a hardware wallet. */
  amino: OfflineSigner;
}

/** A network of one real node in a temporary directory, with the arenas of models/arenas.json. */
export class LocalNode {
  readonly #dir: string;
  readonly #file: NetworkFile;
  #process: ChildProcess | undefined;

  private constructor(dir: string) {
    this.#dir = dir;
    this.#file = JSON.parse(readFileSync(join(dir, "network.json"), "utf8")) as NetworkFile;
  }

  static async create(): Promise<LocalNode> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: run "make build" first.`);
    const parent = await mkdtemp(join(tmpdir(), "assay-client-"));
    const dir = join(parent, "net");
    const options = ["--validators", "1", "--sponsors-per-arena", "3", "--block-time", "300ms"];
    const arenas = ["--arenas", join(ROOT, "models/arenas.json")];
    const port = ["--base-port", String(await freePort())];
    await promisify(execFile)(BINARY, ["localnet", "init", "--dir", dir, ...options, ...arenas, ...port]);
    const node = new LocalNode(dir);
    await node.start();
    return node;
  }

  get rpcUrl(): string {
    return this.#node.rpc;
  }

  get chainId(): string {
    return this.#file.chain_id;
  }

  get #node(): NetworkFile["nodes"][number] {
    const [node] = this.#file.nodes;
    if (!node) throw new Error("network.json lists no node");
    return node;
  }

  async start(): Promise<void> {
    const log = openSync(join(this.#dir, "node.log"), "a");
    this.#process = spawn(BINARY, ["start", "--home", this.#node.home], { stdio: ["ignore", log, log] });
  }

  /** As a crash does: at once. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child) return;
    this.#process = undefined;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(join(this.#dir, ".."), { recursive: true, force: true });
  }

  /** Waits for the first block. */
  async connect(): Promise<AssayClient> {
    for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 200) {
      if (typeof this.#process?.exitCode === "number") break;
      const client = await createClient({ rpcUrl: this.rpcUrl, chainId: this.chainId, attempts: 1 }).catch(
        () => undefined,
      );
      const status = await client?.comet.status();
      if (client && status && status.syncInfo.latestBlockHeight > 1) return client;
      await sleep(200);
    }
    const log = readFileSync(join(this.#dir, "node.log"), "utf8");
    throw new Error(`The node made no block within a minute. Its last words:\n${log.slice(-2000)}`);
  }

  async account(name: string): Promise<Account> {
    const entry = this.#file.accounts.find((candidate) => candidate.name === name);
    if (!entry) throw new Error(`no account ${name} in network.json`);
    const { mnemonic } = JSON.parse(readFileSync(entry.key_file, "utf8")) as { mnemonic: string };
    return {
      address: entry.address,
      direct: await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: PREFIX }),
      amino: await Secp256k1HdWallet.fromMnemonic(mnemonic, { prefix: PREFIX }),
    };
  }
}

/** First of the ports a node takes. Another program could take one meanwhile; then the node says so. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return Math.min(port, 65_000);
}
