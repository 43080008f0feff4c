import { stat } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { merkleRoot } from "@assay/client/protocol/merkle";
import { codeOf } from "@assay/service-kit/errors";
import { formatOf } from "./arena-format.ts";
import { buildLeaves } from "./book.ts";
import { chainOf } from "./chain.ts";
import type { Settings } from "./config.ts";
import { DataSets } from "./data.ts";
import { arenaNamed, connect, loadKeys, secretPath } from "./setup.ts";
import { loadSecret, secretFrom } from "./secret.ts";
import { makeSeat } from "./seat.ts";

/** What the next commitment of a sponsor would be. */
export interface BuildReport {
  readonly arena: string;
  readonly sponsor: string;
  /** Number of the commitment and of its first batch. */
  readonly commitment: number;
  readonly firstBatch: number;
  readonly batches: number;
  readonly itemsPerBatch: number;
  readonly bytesPerBatch: number;
  /** Items of the first batch by label. */
  readonly labels: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Hex; a throw-away one, and thus not what would be committed, as long as there is no secret. */
  readonly root: string;
  readonly secret: "kept" | "throw-away";
}

/** The `build` command: makes the next commitment of every sponsor, records and sends nothing. */
export async function build(settings: Settings, signal: AbortSignal): Promise<BuildReport[]> {
  const keys = await loadKeys(settings.sponsors);
  const client = await connect(settings, signal);
  const chain = chainOf(client);
  const [arenas, params] = await Promise.all([chain.arenas(), chain.params()]);
  const path = secretPath(settings.data);
  const hasSecret = await exists(path);
  const secret = hasSecret ? await loadSecret(path, false) : secretFrom(randomBytes(32));
  const data = new DataSets();
  const reports: BuildReport[] = [];
  for (const sponsor of settings.sponsors) {
    const begun = performance.now();
    const arena = arenaNamed(arenas, sponsor.arena);
    const { address } = keys.get(sponsor.key)!;
    const seat = makeSeat(client.chainId, arena.id, sponsor.arena, address);
    const format = formatOf(arena.spec);
    const onChain = await chain.sponsor(arena.id, address);
    const source = await data.source(arena.spec, sponsor);
    const plan = {
      number: onChain?.sponsor.commitments ?? 0,
      firstBatch: onChain?.sponsor.nextBatch ?? 0,
      count: sponsor.batches ?? params.minCommitBatches,
      items: params.batchItems,
      seed: sponsor.seed ?? secret.seed(seat),
    };
    const leaves = await buildLeaves({ seat, format, secret }, source, plan, signal, () => undefined);
    const labels: Record<string, number> = {};
    for (const { label } of source(plan.seed, plan.items).batch(plan.firstBatch)) {
      const name = arena.spec.labels[label] ?? String(label);
      labels[name] = (labels[name] ?? 0) + 1;
    }
    reports.push({
      arena: sponsor.arena,
      sponsor: address,
      commitment: plan.number,
      firstBatch: plan.firstBatch,
      batches: plan.count,
      itemsPerBatch: plan.items,
      bytesPerBatch: plan.items * format.itemBytes,
      labels,
      seconds: Math.round(performance.now() - begun) / 1000,
      root: Buffer.from(merkleRoot(leaves)).toString("hex"),
      secret: hasSecret ? "kept" : "throw-away",
    });
  }
  return reports;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}
