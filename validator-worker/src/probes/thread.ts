/** The thread that probes: see {@link ProbeThread}. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { constants, platform, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { getServices } from "@assay/client/actions/getServices";
import { createClient } from "@assay/client/client";
import { WrongChainIdError } from "@assay/client/errors";
import { createSender } from "@assay/client/sender";
import { Random } from "@assay/models/datasets/random";
import { createBuyerStore } from "@assay/service-kit/buyer-store";
import { createPhaseClock } from "@assay/service-kit/clock";
import { createJournal } from "@assay/service-kit/journal";
import { loadKey } from "@assay/service-kit/keys";
import { createLogger } from "@assay/service-kit/log";
import { openStore } from "@assay/service-kit/store";
import { retry } from "@assay/service-kit/timers";
import { createScorerChain } from "../chain.ts";
import type { ProbeEvent } from "./events.ts";
import { FreshInputs } from "./inputs.ts";
import { createMarketBuyer } from "./market-buyer.ts";
import type { ThreadSettings } from "./probe-thread.ts";
import { Prober } from "./prober.ts";
import { migrations, ProbeRecords } from "./records.ts";

/** Nothing here is urgent. */
const POLL_MS = 1_000;
/** For what the chain has to do for a call: a channel is opened, topped up. */
const CHAIN_MS = 60_000;

if (parentPort === null) throw new Error("this module runs in a worker thread only");
const port = parentPort;
const stop = new AbortController();
port.once("message", () => stop.abort(new DOMException("stopped", "AbortError")));
// Linux gives every thread a niceness of its own; elsewhere it would be the scorer's.
if (platform() === "linux") setPriority(constants.priority.PRIORITY_LOW);
await probe(workerData as ThreadSettings, stop.signal);
port.close();

async function probe(settings: ThreadSettings, signal: AbortSignal): Promise<void> {
  const { rpc, chainId, operator, gasPrice, probes } = settings;
  const log = createLogger({ name: "assay-scorer/probes", level: settings.logLevel });
  const { signer, address } = await loadKey(probes.key);
  const store = openStore(settings.data, { migrations });
  try {
    const client = await retry(() => createClient({ rpcUrl: rpc, chainId, signal }), {
      what: `connect to the node at ${rpc}`,
      fatal: (error) => error instanceof WrongChainIdError,
      log,
      signal,
    });
    const clock = createPhaseClock(client, log, { signal, pollMs: POLL_MS });
    const journal = createJournal(store);
    const sender = createSender({ client, signer, address, journal, gasPrice, signal });
    const random = new Random("probes", randomBytes(32));
    const timeoutMs = probes.timeout * 1_000;
    const prober = new Prober({
      services: () => getServices(client),
      buyer: createMarketBuyer({
        client,
        sender,
        log,
        timeoutMs,
        store: createBuyerStore(store),
        deposit: probes.deposit,
      }),
      inputs: new FreshInputs({ chain: createScorerChain(client), data: probes.data, random }),
      records: new ProbeRecords(store),
      clock,
      operator,
      limits: probes,
      // A busy service is waited for as long as one that is slow.
      giveUpMs: 2 * timeoutMs + CHAIN_MS,
      random,
      emit: (event: ProbeEvent) => port.postMessage(event),
      log,
    });
    prober.start(signal);
    log.info({ account: address, budget: probes.budget }, "probing started");
    if (!signal.aborted) await once(signal, "abort");
    await prober.idle();
  } finally {
    store.close();
  }
}
