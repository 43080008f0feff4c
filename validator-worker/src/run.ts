import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createClient, type AssayClient } from "@assay/client/client";
import { WrongChainIdError } from "@assay/client/errors";
import { createSender } from "@assay/client/sender";
import { createPhaseClock, phaseName } from "@assay/service-kit/clock";
import { SetupError } from "@assay/service-kit/errors";
import { InferencePool } from "@assay/service-kit/inference/pool";
import { createJournal } from "@assay/service-kit/journal";
import { loadKey, type Key } from "@assay/service-kit/keys";
import { createLogger, type Logger } from "@assay/service-kit/log";
import { createRegistry, serveServiceMetrics } from "@assay/service-kit/metrics";
import { openStore, type Store } from "@assay/service-kit/store";
import { retry } from "@assay/service-kit/timers";
import { createScorerChain, type Transactor } from "./chain.ts";
import { Challenger } from "./challenger.ts";
import { Claimer } from "./claimer.ts";
import type { ScorerConfig } from "./config.ts";
import { EpochView } from "./epoch-view.ts";
import { HashChains } from "./hash-chains.ts";
import { Links } from "./links.ts";
import { createMetrics } from "./metrics.ts";
import { ModelCache } from "./model-cache.ts";
import { ProbeThread, type ThreadSettings } from "./probes/probe-thread.ts";
import type { ProbeSettings } from "./probes/settings.ts";
import { migrations, Records } from "./records.ts";
import { IntegerReferee } from "./referee.ts";
import { checkMachine, OnnxRowComputer, type RowComputer } from "./row-computer.ts";
import { Scorer } from "./scorer.ts";
import { SlotRunner } from "./slot-runner.ts";

export interface RunOptions {
  config: ScorerConfig;
  signal: AbortSignal;
  /** What computes the rows of this scorer's own slots; onnxruntime if not given. */
  ownRows?: (onnx: RowComputer) => RowComputer;
}

/** Opens the store of this scorer and binds it to operator and chain on first use. */
export function openRecords({ data, chainId, operator }: ScorerConfig): { store: Store; records: Records } {
  const store = openStore(data, { migrations });
  try {
    const records = new Records(store);
    records.bind({ chainId, operator }, () => new Uint8Array(randomBytes(32)));
    return { store, records };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The hash chains in the records. */
export function openHashChains(
  { chainId, operator, chainLength: length }: ScorerConfig,
  records: Records,
): HashChains {
  return new HashChains({ records, chainId, operator, length });
}

/** The hot key. Throws `KeyFileError`, {@link SetupError}. */
export function loadHotKey(config: ScorerConfig): Promise<Key> {
  if (config.key === undefined) throw new SetupError("which hot key? Set key (or --key) to its file");
  return loadKey(config.key);
}

/** Connects to the node, waiting for it if it is not up. Throws only `WrongChainIdError` and when `signal` is aborted. */
export function connect(
  { rpc, chainId }: ScorerConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<AssayClient> {
  const wrongChain = (error: unknown) => error instanceof WrongChainIdError;
  const what = `connect to the node at ${rpc}`;
  return retry(() => createClient({ rpcUrl: rpc, chainId, signal }), {
    what,
    log,
    signal,
    fatal: wrongChain,
  });
}

/** All that the probing thread gets to know. */
function probeSettings(
  { rpc, chainId, operator, gasPrice, logLevel, data }: ScorerConfig,
  probes: ProbeSettings,
): ThreadSettings {
  return { rpc, chainId, operator, gasPrice, logLevel, data: join(data, "probes"), probes };
}

/** Runs the worker until `signal`. */
export async function runScorer({ config, signal, ownRows = (onnx) => onnx }: RunOptions): Promise<void> {
  checkMachine();
  const log = createLogger({ name: "assay-scorer", level: config.logLevel });
  const key = await loadHotKey(config);
  const operatorKey =
    config.claim === "key" && config.operatorKey ? await loadKey(config.operatorKey) : undefined;
  if (operatorKey !== undefined && operatorKey.address !== config.operator) {
    throw new SetupError(`operator-key is of ${operatorKey.address}, but operator is ${config.operator}`);
  }
  const { store, records } = openRecords(config);
  const pool = new InferencePool({ threads: config.threads, sessionsPerThread: config.sessions });
  try {
    const hashChains = openHashChains(config, records);
    if (hashChains.newestTip === undefined)
      throw new SetupError(`there is no hash chain in ${config.data}; run: assay-scorer init`);
    const registry = createRegistry();
    const client = await connect(config, log, signal);
    const clock = createPhaseClock(client, log, { signal });
    const metrics = createMetrics(registry, () => clock.headAgeMs() / 1000);
    const chain = createScorerChain(client);
    const journal = createJournal(store);
    const transactorOf = ({ signer, address }: Key): Transactor =>
      createSender({ client, signer, address, journal, gasPrice: config.gasPrice, signal });
    const transactor = transactorOf(key);
    const models = new ModelCache({
      folder: join(config.data, "models"),
      download: (hex) => chain.modelFile(hex),
      log,
    });
    const loadModel = (hex: string) => models.load(hex);
    const onnx = new OnnxRowComputer(pool, loadModel);
    const view = new EpochView(chain);
    const { operator } = config;
    const common = { chain, transactor, records, view, operator, metrics, log };
    const slots = new SlotRunner({ ...common, computer: ownRows(onnx), clock });
    const scorer = new Scorer({
      ...common,
      hashChains,
      links: new Links({ ...common, hashChains }),
      slots,
      models,
      challenger: config.challenge
        ? new Challenger(
            {
              ...common,
              computer: onnx,
              referee: new IntegerReferee(loadModel),
              recheckBps: config.recheckBps,
              budget: config.challengeBudget,
            },
            records.recheckSecret(),
          )
        : undefined,
      claimer:
        config.claim === "no"
          ? undefined
          : new Claimer({
              ...common,
              transactor: operatorKey === undefined ? transactor : transactorOf(operatorKey),
              minimum: config.claimMin,
            }),
      clock,
    });
    await serveServiceMetrics(config, {
      registry,
      clock,
      details: () => ({
        epoch: String(clock.latest?.clock.epoch ?? "unknown"),
        phase: clock.latest === undefined ? "unknown" : phaseName(clock.latest.clock.phase),
        frozen: scorer.frozen,
      }),
      log,
      signal,
    });
    log.info(
      { operator, hotKey: key.address, chainId: client.chainId, threads: config.threads },
      "scorer started",
    );
    scorer.start(signal);
    const probes =
      config.probes &&
      new ProbeThread({
        settings: probeSettings(config, config.probes),
        transactor,
        clock,
        metrics,
        log,
      });
    probes?.start(signal);
    if (!signal.aborted) await once(signal, "abort");
    await slots.idle();
    await probes?.ended();
    log.info("scorer stopped");
  } finally {
    await pool.close();
    store.close();
  }
}
