import { type Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { silentLogger } from "@assay/service-kit/log";
import { createRegistry } from "@assay/service-kit/metrics";
import { openStore, type Store } from "@assay/service-kit/store";
import { MockClock } from "@assay/service-kit/testing/mock-clock";
import { join } from "node:path";
import { Challenger } from "../src/challenger.ts";
import { Claimer } from "../src/claimer.ts";
import { EpochView } from "../src/epoch-view.ts";
import { HashChains } from "../src/hash-chains.ts";
import { Links } from "../src/links.ts";
import { createMetrics } from "../src/metrics.ts";
import { ModelCache } from "../src/model-cache.ts";
import { migrations, Records } from "../src/records.ts";
import type { Referee } from "../src/referee.ts";
import { Scorer } from "../src/scorer.ts";
import { SlotRunner } from "../src/slot-runner.ts";
import { CHAIN_ID, FakeChain, FakeComputer, FakeTransactor, OPERATOR } from "./support.ts";

export interface WorldOptions {
  chain?: FakeChain;
  recheckBps?: number;
  budget?: bigint;
  referee?: Referee;
  claimer?: boolean;
}

/** Finds that no posted row is right. */
const convinced: Referee = { logits: async () => Int32Array.of(0, 1) };

/** A worker whole but for the network, onnxruntime and time; a new one on the same folder is a restart. */
export class World {
  readonly stop = new AbortController();
  readonly store: Store;
  readonly records: Records;
  readonly chain: FakeChain;
  readonly transactor: FakeTransactor;
  readonly computer = new FakeComputer();
  readonly clock: MockClock;
  readonly hashChains: HashChains;
  readonly registry = createRegistry();
  readonly metrics = createMetrics(this.registry, () => 0);
  readonly slots: SlotRunner;
  readonly scorer: Scorer;

  constructor(folder: string, options: WorldOptions = {}) {
    const {
      chain = new FakeChain(),
      recheckBps = 10_000,
      budget = 100n,
      claimer = false,
      referee = convinced,
    } = options;
    const log = silentLogger;
    const operator = OPERATOR;
    this.chain = chain;
    this.store = openStore(join(folder, "data"), { migrations });
    const records = new Records(this.store);
    this.records = records;
    records.bind({ chainId: CHAIN_ID, operator }, () => new Uint8Array(32).fill(5));
    const transactor = new FakeTransactor(chain);
    this.transactor = transactor;
    const hashChains = new HashChains({ records, chainId: CHAIN_ID, operator, length: 50 });
    this.hashChains = hashChains;
    if (hashChains.newestTip === undefined) chain.tip = hashChains.start();
    const clock = new MockClock(chain.params, this.stop.signal);
    this.clock = clock;
    const { metrics } = this;
    const view = new EpochView(chain);
    const common = { chain, transactor, records, view, operator, metrics, log };
    const slots = new SlotRunner({ ...common, computer: this.computer, clock });
    this.slots = slots;
    const download = (modelHex: string) => chain.modelFile(modelHex);
    this.scorer = new Scorer({
      ...common,
      clock,
      slots,
      hashChains,
      links: new Links({ ...common, hashChains }),
      models: new ModelCache({ folder: join(folder, "models"), download, log }),
      challenger: new Challenger(
        { ...common, computer: this.computer, referee, recheckBps, budget },
        records.recheckSecret(),
      ),
      claimer: claimer ? new Claimer({ ...common, minimum: 100n }) : undefined,
    });
    this.scorer.start(this.stop.signal);
  }

  /** One block in a phase of the chain's epoch; returns when handlers (not computations) have ended. */
  async tick(phase: Phase): Promise<void> {
    this.chain.phase = phase;
    await this.clock.tickAndSettle(this.chain.epoch, phase);
  }

  async metric(line: string): Promise<number | undefined> {
    const found = (await this.registry.metrics()).split("\n").find((other) => other.startsWith(`${line} `));
    return found === undefined ? undefined : Number(found.slice(line.length + 1));
  }

  /** The process ends, however far it is. */
  kill(): void {
    this.stop.abort(new DOMException("killed", "AbortError"));
    this.store.close();
  }
}
