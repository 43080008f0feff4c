/**
 * The explorer's api and the node's own REST, asked the same ten questions by 16 clients in turns, on a local network that
 * goes on making blocks. Prints the median latencies in milliseconds as JSON.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getArenas } from "@assay/client/actions/getArenas";
import { getClock } from "@assay/client/actions/getClock";
import { toHex } from "@cosmjs/encoding";
import { z } from "zod";
import { LocalNetwork } from "../network/network.ts";
import { freePort } from "../network/ports.ts";
import { waitFor } from "../network/wait.ts";

const ARENA = "spam";
const CLIENTS = 16;
const ROUNDS = 4;
/** Per question, side and round. */
const REQUESTS = 160;

interface Question {
  what: string;
  /** Path below the explorer, and URL of the node's answer to the same. */
  api: string;
  rest: string;
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

const dir = await mkdtemp(join(tmpdir(), "assay-bench-"));
let network: LocalNetwork | undefined;
try {
  network = await LocalNetwork.start({
    dir,
    validators: 4,
    arenas: [ARENA],
    params: { min_commit_batches: 64 },
    signal: stop.signal,
  });
  console.log(JSON.stringify(await measure(network)));
} finally {
  agent.destroy();
  await network?.stop();
  await rm(dir, { recursive: true, force: true });
}

async function measure(running: LocalNetwork) {
  const explorer = await running.startExplorer(await freePort(), { requestsPerMinute: 1_000_000_000 });
  await running.startSponsors();
  await running.startScorers();
  await running.waitForCommitments();
  await running.startMiners();
  const client = await running.client();
  // Something to answer with: measured models, and epochs that have ended.
  await waitFor(
    async () => (await getClock(client)).clock.settledEpochs >= 3n,
    running.waiting("three settled epochs", 300_000),
  );
  const questions = await makeQuestions(running, explorer.url);
  const sides = ["api", "rest"] as const;
  const times = { api: [] as number[], rest: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of sides) {
      process.stderr.write(`round ${round + 1} of ${ROUNDS}: ${side}\n`);
      const jobs = questions.flatMap((question) => Array<string>(REQUESTS).fill(question[side]));
      const measured = await ask(jobs);
      // The first round opens connections and fills caches on both sides.
      if (round > 0) times[side].push(...measured);
    }
  }
  return {
    clients: CLIENTS,
    questions: questions.length,
    p50: { api: median(times.api), rest: median(times.rest) },
  };
}

async function makeQuestions(running: LocalNetwork, url: string): Promise<Question[]> {
  const client = await running.client();
  const rest = running.file.nodes[0]?.rest ?? "";
  const { address } = running.account("validator-0");
  const [arena] = await getArenas(client);
  if (arena === undefined) throw new Error("the network has no arena");
  const model = toHex(arena.top);
  const { clock, height } = await getClock(client);
  const block = Number(height) - 5;
  const epoch = clock.epoch - 2n;
  const found = z.object({ items: z.array(z.object({ hash: z.string() })).min(1) });
  const newest = found.parse(await (await fetch(`${url}/api/txs?limit=1`)).json());
  const hash = newest.items[0]?.hash;
  const question = (what: string, api: string, path: string): Question => ({
    what,
    api: `${url}${api}`,
    rest: `${rest}${path}`,
  });
  return [
    question("a block", `/api/blocks/${block}`, `/cosmos/base/tendermint/v1beta1/blocks/${block}`),
    question("a transaction", `/api/txs/${hash}`, `/cosmos/tx/v1beta1/txs/${hash}`),
    question(
      "transactions of an account",
      `/api/accounts/${address}/txs?limit=25`,
      `/cosmos/tx/v1beta1/txs?query=message.sender%3D%27${address}%27&limit=25&order_by=2`,
    ),
    question("an account", `/api/accounts/${address}`, `/cosmos/bank/v1beta1/balances/${address}`),
    question("arenas", "/api/arenas", "/assay/poi/v1/arenas"),
    question("a model", `/api/models/${model}`, `/assay/poi/v1/models/${model}`),
    question(
      "scores of a model",
      `/api/models/${model}/epochs`,
      `/assay/poi/v1/models/${model}/epochs?pagination.limit=25&pagination.reverse=true`,
    ),
    question("an epoch", `/api/epochs/${epoch}`, `/assay/poi/v1/epochs/${epoch}`),
    question("validators", "/api/validators", "/cosmos/staking/v1beta1/validators"),
    question("services", "/api/services", "/assay/marketplace/v1/services"),
  ];
}

/** Milliseconds that each job took, with {@link CLIENTS} under way at a time. Every answer must be a 200. */
async function ask(jobs: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      const started = performance.now();
      await request(job);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, worker));
  return times;
}

function request(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, signal: stop.signal }, (response) => {
      response.on("error", reject).on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
      response.resume();
    }).on("error", reject);
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}
