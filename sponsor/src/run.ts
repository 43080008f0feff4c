import type { AssayClient } from "@assay/client/client";
import { ChainUnreachableError, RpcTimeoutError } from "@assay/client/errors";
import { Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { createSender } from "@assay/client/sender";
import { sleep } from "@assay/client/sleep";
import { createPhaseClock } from "@assay/service-kit/clock";
import { messageOf, SetupError } from "@assay/service-kit/errors";
import { createJournal } from "@assay/service-kit/journal";
import type { Key } from "@assay/service-kit/keys";
import { createLogger, type Logger } from "@assay/service-kit/log";
import { createRegistry, serveServiceMetrics } from "@assay/service-kit/metrics";
import { openStore, type Store } from "@assay/service-kit/store";
import { retry } from "@assay/service-kit/timers";
import { formatOf } from "./arena-format.ts";
import { Book, type Progress } from "./book.ts";
import { chainOf, type SponsorChain } from "./chain.ts";
import type { Settings } from "./config.ts";
import { DataSets } from "./data.ts";
import { Duties, type Server } from "./duties.ts";
import { Membership, type Send } from "./membership.ts";
import { createMetrics, type SponsorMetrics } from "./metrics.ts";
import { MIGRATIONS, Records } from "./records.ts";
import { loadSecret, type Secret } from "./secret.ts";
import { makeSeat } from "./seat.ts";
import { arenaNamed, connect, loadKeys, secretPath } from "./setup.ts";

/** How often a sponsor that waits for something, and one that does not, looks at its standing. */
const WAITING_MS = 2_000;
const SETTLED_MS = 10_000;

/** Everything one seat needs at run time. */
interface Worker extends Server {
  readonly membership: Membership;
}

/** The `run` command: serves all sponsors of the config until `signal`. */
export async function run(settings: Settings, signal: AbortSignal): Promise<void> {
  const log = createLogger({ name: "assay-sponsor", level: settings.logLevel });
  const keys = await loadKeys(settings.sponsors);
  const store = openStore(settings.data, { migrations: MIGRATIONS });
  try {
    const records = new Records(store);
    const secret = await loadSecret(secretPath(settings.data), records.isEmpty());
    const client = await retry(() => connect(settings, signal), {
      what: "reach the chain",
      log,
      signal,
      fatal: (error) => !(error instanceof ChainUnreachableError || error instanceof RpcTimeoutError),
    });
    // One failure that cannot be cured ends all.
    const failed = new AbortController();
    const stop = AbortSignal.any([signal, failed.signal]);
    const workers = await createWorkers({
      settings,
      keys,
      store,
      records,
      secret,
      client,
      log,
      signal: stop,
    });
    const registry = createRegistry();
    const metrics = createMetrics(registry);
    const clock = createPhaseClock(client, log, { signal: stop });
    const duties = new Duties(chainOf(client), workers, metrics, log);
    clock.onPhase(async ({ epoch, phase }, _params, late) => {
      if (phase === Phase.INPUT) await duties.postInputs(epoch, late);
      if (phase === Phase.LABEL) await duties.openLabels(epoch, late);
      if (phase === Phase.BEACON && epoch > 1n) await duties.report(epoch - 1n, late);
    }, stop);
    await serveServiceMetrics(settings, {
      registry,
      clock,
      details: () => ({ sponsors: workers.length }),
      log,
      signal: stop,
    });
    log.info({ sponsors: workers.length, chainId: client.chainId, data: settings.data }, "started");
    await Promise.all(
      workers.map((worker) =>
        followMembership(worker, metrics, stop).catch((error: unknown) => failed.abort(error)),
      ),
    );
    throw stop.reason;
  } finally {
    store.close();
  }
}

interface WorkerParts {
  settings: Settings;
  keys: ReadonlyMap<string, Key>;
  store: Store;
  records: Records;
  secret: Secret;
  client: AssayClient;
  log: Logger;
  signal: AbortSignal;
}

async function createWorkers(parts: WorkerParts): Promise<Worker[]> {
  const { settings, keys, store, records, secret, client, log, signal } = parts;
  const chain: SponsorChain = chainOf(client);
  const arenas = await chain.arenas();
  const data = new DataSets();
  const journal = createJournal(store);
  const senders = new Map<string, Send>();
  const sendWith = ({ address, signer }: Key): Send => {
    const known = senders.get(address);
    if (known) return known;
    const sender = createSender({ client, signer, address, journal, gasPrice: settings.gasPrice, signal });
    const send: Send = (messages, options) => sender.send([...messages], options);
    senders.set(address, send);
    return send;
  };
  const workers: Worker[] = [];
  for (const sponsor of settings.sponsors) {
    const arena = arenaNamed(arenas, sponsor.arena);
    const key = keys.get(sponsor.key) as Key;
    const seat = makeSeat(client.chainId, arena.id, sponsor.arena, key.address);
    const seatLog = log.child({ arena: sponsor.arena, sponsor: key.name });
    const source = await data.source(arena.spec, sponsor);
    const book = new Book(seat, { format: formatOf(arena.spec), secret }, records, source);
    const send = sendWith(key);
    const membership = new Membership(
      { book, chain, records, send, log: seatLog },
      {
        bond: sponsor.bond,
        batches: sponsor.batches,
        ahead: sponsor.ahead,
        seed: sponsor.seed ?? secret.seed(seat),
      },
    );
    workers.push({ book, send, membership, log: seatLog });
  }
  return workers;
}

/** Verifies the records, then keeps a sponsor in its arena. Ends by `signal`, or by an error that cannot be cured. */
async function followMembership(
  { membership, book, log }: Worker,
  metrics: SponsorMetrics,
  signal: AbortSignal,
): Promise<void> {
  const labels = { arena: book.seat.arenaName, sponsor: book.seat.address };
  const fatal = (error: unknown): boolean => error instanceof SetupError;
  await retry(() => membership.verify(signal, progressOf(log, "verified")), {
    what: "verify the records",
    log,
    signal,
    fatal,
  });
  let complaint: string | undefined;
  for (;;) {
    let pause = WAITING_MS;
    try {
      const { standing, remaining } = await membership.advance(signal, progressOf(log, "built"));
      const active = standing === "active" && remaining > 0;
      metrics.active.set(labels, active ? 1 : 0);
      metrics.remaining.set(labels, remaining);
      if (active) pause = SETTLED_MS;
      complaint = undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (fatal(error)) throw error;
      metrics.active.set(labels, 0);
      const message = messageOf(error);
      if (message !== complaint) log.error({ error }, message);
      complaint = message;
    }
    await sleep(pause, signal);
  }
}

/** Logs at every quarter of long work. */
function progressOf(log: Logger, what: "built" | "verified"): Progress {
  return (done, total) => {
    const quarter = Math.ceil(total / 4);
    if (done % quarter === 0 || done === total) log.info({ batches: done, of: total }, what);
  };
}
