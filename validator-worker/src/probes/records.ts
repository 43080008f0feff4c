import { MsgReportProbes } from "@assay/client/generated/assay/marketplace/v1/tx";
import type { Probe } from "@assay/client/generated/assay/marketplace/v1/service";
import type { Store } from "@assay/service-kit/store";
import { z } from "zod";

/** Schema of the probes' store. Append to it; never change what was released. */
export const migrations = [
  `
  CREATE TABLE call (
    id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, service INTEGER NOT NULL, paid TEXT NOT NULL,
    outcome TEXT, latency_ms INTEGER, reported INTEGER
  ) STRICT;
  CREATE INDEX call_epoch ON call (epoch);
  CREATE TABLE probed (service INTEGER PRIMARY KEY, epoch INTEGER NOT NULL) STRICT;
  CREATE TABLE report (epoch INTEGER PRIMARY KEY, message BLOB NOT NULL) STRICT;
  CREATE TABLE wrong_answer (service INTEGER PRIMARY KEY, evidence TEXT NOT NULL, outcome TEXT) STRICT
  `,
] as const;

/** Most services in one report. */
const MAX_PROBES = 100;

/** What a call came to: verified bit for bit, not answered, answered wrongly, or spoiled by this worker itself. */
export type CallOutcome = "answered" | "failed" | "wrong" | "spoiled";

const epochRow = z.object({ epoch: z.bigint() });
const paidRow = z.object({ paid: z.string().transform(BigInt) });
const idRow = z.object({ id: z.bigint() });
const callRow = z.object({
  id: z.bigint(),
  service: z.bigint(),
  outcome: z.enum(["answered", "failed"]),
  latency_ms: z.bigint().transform(Number).nullable(),
});
const reportRow = z.object({ message: z.instanceof(Uint8Array) });
const evidenceRow = z.object({ service: z.bigint(), evidence: z.string() });

/** What the probes wrote down. Every method is on disk when it returns; see {@link Store} for errors. */
export class ProbeRecords {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** uassay paid, or perhaps paid, for calls of an epoch. */
  spent(epoch: bigint): bigint {
    const rows = this.#store.all("SELECT paid FROM call WHERE epoch = ?", paidRow, epoch);
    return rows.reduce((sum, { paid }) => sum + paid, 0n);
  }

  /** The epoch in which a service was probed last. */
  lastProbed(service: bigint): bigint | undefined {
    return this.#store.get("SELECT epoch FROM probed WHERE service = ?", epochRow, service)?.epoch;
  }

  /** Must be called before a call: until it is ended, it counts as paid with all it may cost. @returns its id. */
  beginCall(epoch: bigint, service: bigint, cost: bigint): bigint {
    return this.#store.transaction(() => {
      this.#store.run("INSERT OR REPLACE INTO probed VALUES (?, ?)", service, epoch);
      const sql = "INSERT INTO call (epoch, service, paid) VALUES (?, ?, ?)";
      this.#store.run(sql, epoch, service, cost.toString());
      return this.#store.get("SELECT last_insert_rowid() AS id", idRow)?.id ?? 0n;
    });
  }

  /** `paid` undefined leaves the call with all it might have cost. */
  endCall(
    id: bigint,
    outcome: CallOutcome,
    { paid, latencyMs }: { paid?: bigint; latencyMs?: number },
  ): void {
    this.#store.run(
      "UPDATE call SET outcome = ?, paid = coalesce(?, paid), latency_ms = ? WHERE id = ?",
      outcome,
      paid?.toString() ?? null,
      latencyMs === undefined ? null : BigInt(Math.round(latencyMs)),
      id,
    );
  }

  /**
   * The report of an epoch: what was recorded for it first, so that whatever is sent again is identical. Otherwise it
   * is made of the calls that no report had, of this epoch and the one before, and recorded.
   */
  report(epoch: bigint): Probe[] {
    return this.#store.transaction(() => {
      const sql = "SELECT message FROM report WHERE epoch = ?";
      const known = this.#store.get(sql, reportRow, epoch);
      if (known !== undefined) return MsgReportProbes.decode(known.message).probes;
      const calls = this.#store.all(
        `SELECT id, service, outcome, latency_ms FROM call
         WHERE epoch BETWEEN ? AND ? AND reported IS NULL AND outcome IN ('answered', 'failed')
         AND service NOT IN (SELECT service FROM wrong_answer) ORDER BY service, id`,
        callRow,
        epoch - 1n,
        epoch,
      );
      const services = [...new Set(calls.map(({ service }) => service))].slice(0, MAX_PROBES);
      const own = services.map((service) => calls.filter((call) => call.service === service));
      const probes = own.map((some) =>
        summary(
          some[0]?.service ?? 0n,
          some.map(({ latency_ms }) => latency_ms),
        ),
      );
      const message = MsgReportProbes.encode({ hotKey: "", epoch, probes }).finish();
      this.#store.run("INSERT INTO report VALUES (?, ?)", epoch, message);
      for (const { id } of own.flat())
        this.#store.run("UPDATE call SET reported = ? WHERE id = ?", epoch, id);
      return probes;
    });
  }

  /** Must be called before a challenge. `evidence` is the receipt file of the wrong answer; the first one counts. */
  accuse(service: bigint, evidence: string): void {
    this.#store.run("INSERT INTO wrong_answer VALUES (?, ?, NULL) ON CONFLICT DO NOTHING", service, evidence);
  }

  /** Whether a service has given a wrong answer. */
  isAccused(service: bigint): boolean {
    const sql = "SELECT service, evidence FROM wrong_answer WHERE service = ?";
    return this.#store.get(sql, evidenceRow, service) !== undefined;
  }

  /** Wrong answers whose challenge has no outcome yet. */
  openChallenges(): { service: bigint; evidence: string }[] {
    return this.#store.all("SELECT service, evidence FROM wrong_answer WHERE outcome IS NULL", evidenceRow);
  }

  closeChallenge(service: bigint, outcome: string): void {
    this.#store.run("UPDATE wrong_answer SET outcome = ? WHERE service = ?", outcome, service);
  }

  /** Forgets calls and reports of epochs before `epoch`. */
  prune(epoch: bigint): void {
    this.#store.run("DELETE FROM call WHERE epoch < ?", epoch);
    this.#store.run("DELETE FROM report WHERE epoch < ?", epoch);
  }
}

/** `latencies` has an entry for each call, null where there was no answer. */
function summary(service: bigint, latencies: readonly (number | null)[]): Probe {
  const answered = latencies.filter((latency) => latency !== null).sort((a, b) => a - b);
  return {
    service,
    calls: latencies.length,
    answered: answered.length,
    p50Ms: percentile(answered, 0.5),
    p95Ms: percentile(answered, 0.95),
  };
}

/** By nearest rank; 0 of none. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
