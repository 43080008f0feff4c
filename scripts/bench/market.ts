/**
 * Paid calls beside unpaid ones: one buyer on 16 lanes and a provider of the product, a gateway of others in front of a
 * bare express route, and that route alone. All run the same model on the same items, in turns, on a local network of
 * one validator. Then the provider claims everything. Prints the result as JSON.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { getServices } from "@assay/client/actions/getServices";
import { createBuyer, type Buyer } from "@assay/client/market/buyer";
import { makeBatches } from "@assay/models/datasets/dataset";
import { load } from "@assay/models/datasets/load";
import { createBuyerStore } from "@assay/service-kit/buyer-store";
import * as ed25519 from "@assay/service-kit/ed25519";
import { openStore } from "@assay/service-kit/store";
import type { Transport } from "@assay/client/market/transport";
import { createNodeTransport } from "@assay/service-kit/transport";
import { z } from "zod";
import { LocalNetwork, type Provider } from "../network/network.ts";
import { freePort } from "../network/ports.ts";
import { ManagedProcess, ROOT, runToEnd } from "../network/processes.ts";
import { waitFor } from "../network/wait.ts";

const ARENA = "digits";
const MODEL = "digits-mlp-32";
const MODEL_FILE = join(ROOT, "models/digits/mlp-32.onnx");
const GATEWAY = join(ROOT, "scripts/bench/gateway/node_modules/@portkey-ai/gateway/build/start-server.js");
const LANES = 16;
const PRICE = 10n;
/** Of these the best one counts, for all three alike: machines do other things too. */
const ROUNDS = 5;

type Ask = (item: Uint8Array) => Promise<unknown>;

const completion = z.object({ choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]) });

const { values: flags } = parseArgs({ options: { seconds: { type: "string", default: "4" } } });
const milliseconds = Number(flags.seconds) * 1_000;
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

/** Milliseconds of the requests that the buyer made. */
const requests: number[] = [];

const dir = await mkdtemp(join(tmpdir(), "assay-bench-"));
let network: LocalNetwork | undefined;
try {
  network = await LocalNetwork.start({ dir, validators: 1, arenas: [ARENA], signal: stop.signal });
  console.log(JSON.stringify(await measure(network)));
} finally {
  await network?.stop();
  await rm(dir, { recursive: true, force: true });
}

async function measure(running: LocalNetwork) {
  const miner = running.withRole("miner")[0];
  if (miner === undefined) throw new Error("the network has no miner");
  await runToEnd(process.execPath, [
    ...[join(ROOT, "miner/src/main.ts"), "register", MODEL_FILE, "--arena", ARENA, "--name", MODEL],
    ...["--key", miner.key_file, "--licence", "Apache-2.0", "--max-fee", "1000000000"],
    ...["--rpc", running.rpc, "--data", join(dir, "register")],
  ]);
  const provider = await running.startProvider(0, {
    services: [{ name: "paid", model: `${ARENA}/${MODEL}`, price: PRICE.toString() }],
    settings: { claim: { above: "1000000000000", minutes: 100_000, withdrawAbove: "1000000000000" } },
  });
  const upstream = await startHelper("upstream", join(ROOT, "scripts/bench/upstream.ts"), (port) => [
    MODEL_FILE,
    String(port),
  ]);
  const gateway = await startHelper("gateway", GATEWAY, (port) => [`--port=${port}`, "--headless"]);

  const items = await readItems();
  const { buyer, service, close } = await makeBuyer(running);
  let paidCalls = 0;
  const asks: Record<"paid" | "gateway" | "bare", Ask> = {
    async paid(item) {
      const { verified } = await buyer.infer({ service, items: [item] });
      if (verified !== "receipt") throw new Error(`an answer came back ${verified}`);
      paidCalls++;
    },
    gateway: viaGateway(gateway, upstream),
    bare: direct(upstream),
  };
  const names = ["bare", "paid", "gateway"] as const;
  // The buyer opens its channel and comes to trust its provider; engines warm up.
  for (const name of names) await callsPerSecond(asks[name], items, LANES, 2_000);
  const speed = { paid: [] as number[], gateway: [] as number[], bare: [] as number[] };
  const latency = { paid: [] as number[], gateway: [] as number[], bare: [] as number[] };
  const provided: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      process.stderr.write(`round ${round + 1} of ${ROUNDS}: ${name}\n`);
      speed[name].push(await callsPerSecond(asks[name], items, LANES, milliseconds));
      requests.length = 0;
      latency[name].push(...(await latencies(asks[name], items, milliseconds / 4)));
      if (name === "paid") provided.push(...requests);
    }
  }
  close();
  const claim = await claimAll(running, provider);
  if (claim.items !== paidCalls) throw new Error(`${paidCalls} calls were paid, ${claim.items} were settled`);
  return {
    lanes: LANES,
    callsPerSecond: {
      paid: Math.max(...speed.paid),
      gateway: Math.max(...speed.gateway),
      bare: Math.max(...speed.bare),
    },
    p50: {
      paid: median(latency.paid),
      provider: median(provided),
      gateway: median(latency.gateway),
      bare: median(latency.bare),
    },
    claim,
  };

  async function startHelper(
    name: string,
    script: string,
    args: (port: number) => string[],
  ): Promise<string> {
    const port = await freePort();
    running.services.push(
      await ManagedProcess.start({ name, command: process.execPath, args: [script, ...args(port)], dir }),
    );
    const url = `http://127.0.0.1:${port}`;
    const answers = (): Promise<boolean> =>
      fetch(url).then(
        () => true,
        () => false,
      );
    await waitFor(answers, running.waiting(name, 60_000));
    return url;
  }
}

/** The product's transport, with a clock. */
function timedTransport(): Transport {
  const transport = createNodeTransport();
  return async (request) => {
    const start = performance.now();
    const response = await transport(request);
    requests.push(performance.now() - start);
    return response;
  };
}

async function makeBuyer(running: LocalNetwork): Promise<{ buyer: Buyer; service: bigint; close(): void }> {
  const client = await running.client();
  const { sender } = await running.sender("buyer-0");
  const store = openStore(join(dir, "data", "buyer"), { migrations: [] });
  const buyer = createBuyer({
    client,
    sender,
    store: createBuyerStore(store),
    budget: { maxDeposit: 1_000_000_000n, maxTotal: 1_000_000_000n },
    lanes: LANES,
    transport: timedTransport(),
    ed25519,
  });
  const found = (await getServices(client)).find(({ service }) => service?.name === "paid");
  return { buyer, service: found?.service?.id ?? 0n, close: () => store.close() };
}

/** The route itself, over the buyer's own transport. */
function direct(url: string): Ask {
  const transport = createNodeTransport();
  return async (item) => {
    const { status, body } = await transport({
      method: "POST",
      url: `${url}/infer`,
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(item),
      maxBytes: 1 << 20,
      signal: stop.signal,
    });
    if (status !== 200 || body.length !== 40)
      throw new Error(`the bare route answered ${status}, ${body.length} bytes`);
  };
}

/** The gateway passes on what OpenAI's API has: item and logits travel as texts in a chat. */
function viaGateway(url: string, upstream: string): Ask {
  const transport = createNodeTransport();
  return async (item) => {
    const body = JSON.stringify({
      model: "bench",
      messages: [{ role: "user", content: Buffer.from(item).toString("base64") }],
    });
    const { status, body: answer } = await transport({
      method: "POST",
      url: `${url}/v1/chat/completions`,
      headers: {
        "content-type": "application/json",
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": upstream,
        authorization: "Bearer bench",
      },
      body: new Uint8Array(Buffer.from(body)),
      maxBytes: 1 << 20,
      signal: stop.signal,
    });
    if (status !== 200) throw new Error(`the gateway answered ${status}: ${Buffer.from(answer).toString()}`);
    const { choices } = completion.parse(JSON.parse(Buffer.from(answer).toString()));
    if (Buffer.from(choices[0].message.content, "base64").length !== 40)
      throw new Error("the gateway changed the answer");
  };
}

async function callsPerSecond(
  ask: Ask,
  items: readonly Uint8Array[],
  parallel: number,
  forMs: number,
): Promise<number> {
  const start = performance.now();
  const until = start + forMs;
  const loops = Array.from({ length: parallel }, async (_, lane) => {
    let calls = 0;
    for (; performance.now() < until; calls++) await ask(items[(calls * parallel + lane) % items.length]!);
    return calls;
  });
  const calls = (await Promise.all(loops)).reduce((sum, count) => sum + count, 0);
  return calls / ((performance.now() - start) / 1_000);
}

/** Milliseconds of single calls, one after the other. */
async function latencies(ask: Ask, items: readonly Uint8Array[], forMs: number): Promise<number[]> {
  const all: number[] = [];
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const start = performance.now();
    await ask(items[all.length % items.length]!);
    all.push(performance.now() - start);
  }
  return all;
}

async function readItems(): Promise<Uint8Array[]> {
  const batches = makeBatches(await load(ARENA), { part: "train", seed: Buffer.alloc(16, 1) });
  return batches.batch(0).map(({ input }) => input);
}

/** Stops the provider, which claims when it ends, and reads that claim from the chain. */
async function claimAll(running: LocalNetwork, provider: Provider) {
  const client = await running.client();
  await running.stopService(provider.process);
  const { txs } = await client.comet.txSearchAll({
    query: "message.action='/assay.marketplace.v1.MsgClaim'",
  });
  const claims = txs.map(({ tx, result }) => {
    const rows = result.events.filter(({ type }) => type.endsWith("EventVoucherClaimed"));
    const moved = rows.reduce((sum, { attributes }) => {
      const value = attributes.find(({ key }) => key === "moved")?.value ?? "0";
      return sum + BigInt(JSON.parse(value) as string);
    }, 0n);
    return {
      rows: rows.length,
      items: Number(moved / PRICE),
      gas: Number(result.gasUsed),
      bytes: tx.length,
    };
  });
  const largest = claims.toSorted((a, b) => b.items - a.items)[0];
  if (largest === undefined) throw new Error("the provider has not claimed");
  return {
    transactions: claims.length,
    items: claims.reduce((sum, { items }) => sum + items, 0),
    largest,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
