import { getArenas } from "@assay/client/actions/getArenas";
import { getClock } from "@assay/client/actions/getClock";
import { getEmission } from "@assay/client/actions/getEmission";
import { getEpoch } from "@assay/client/actions/getEpoch";
import { getEpochs } from "@assay/client/actions/getEpochs";
import { getLadder } from "@assay/client/actions/getLadder";
import { getModels } from "@assay/client/actions/getModels";
import type { AssayClient } from "@assay/client/client";
import type { ArenaEpoch, EpochRecord } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Model } from "@assay/client/generated/assay/poi/v1/model";
import { D } from "@assay/client/protocol/score";

/** What a network has done so far, as `JSON=` writes it. Amounts are in uassay, as strings. */
export interface Report {
  /** Epochs that settled at least one arena. */
  epochs: number;
  /** Everything ever minted, as the chain counts it. */
  minted: string;
  /** The sum of all single payouts: authors, scorers, sponsors, validators and the community pool. */
  paid: string;
  /** Items that the chain ran again. */
  audits: number;
  convictions: number;
  arenas: ArenaReport[];
}

export interface ArenaReport {
  name: string;
  /** Accuracy in the last epoch, 0 to 1; `paid` over all epochs. */
  models: { name: string; accuracy: number; paid: string }[];
  /** Steps without the reference; gain in bits. */
  ladder: { model: string; epoch: number; gain: number }[];
}

/** A height of a step is in Q16 bits. */
const Q16 = 65_536;

/** Adds up an ended chain, payout by payout. */
export class Accounts {
  /** Payouts by model id in hex. */
  readonly byModel = new Map<string, bigint>();
  paid = 0n;
  audits = 0;
  convictions = 0;
  #next = 1n;

  /** Takes in the epochs that have ended since the last call and returns their records. */
  async update(client: AssayClient): Promise<EpochRecord[]> {
    const records: EpochRecord[] = [];
    for (const record of await getEpochs(client, { offset: Number(this.#next - 1n) })) {
      const { arenas } = await getEpoch(client, { epoch: record.epoch });
      this.#add(record, arenas);
      this.#next = record.epoch + 1n;
      records.push(record);
    }
    return records;
  }

  #add(record: EpochRecord, arenas: readonly ArenaEpoch[]): void {
    this.audits += Number(record.auditedItems);
    this.convictions += record.convictions;
    this.paid += BigInt(record.emission?.validators ?? 0) + BigInt(record.emission?.pool ?? 0);
    for (const arena of arenas) {
      for (const step of arena.steps) {
        const id = hex(step.model);
        this.paid += BigInt(step.emission);
        this.byModel.set(id, (this.byModel.get(id) ?? 0n) + BigInt(step.emission) + BigInt(step.funded));
      }
      for (const { pay } of [...arena.scorers, ...arena.sponsors]) this.paid += BigInt(pay);
    }
  }
}

/** The report as of now. */
export async function makeReport(client: AssayClient, accounts: Accounts): Promise<Report> {
  const { clock } = await getClock(client);
  const { state } = await getEmission(client, {});
  const arenas = await getArenas(client, {});
  return {
    epochs: Number(clock.settledEpochs),
    minted: state.minted,
    paid: accounts.paid.toString(),
    audits: accounts.audits,
    convictions: accounts.convictions,
    arenas: await Promise.all(
      arenas.map(async ({ id, spec }) => {
        const models = await getModels(client, { arena: id });
        const steps = await getLadder(client, { arena: id });
        return {
          name: spec?.name ?? "",
          models: models.toSorted(byRegistration).map((model) => ({
            name: model.name,
            accuracy: model.accuracy / Number(D),
            paid: (accounts.byModel.get(hex(model.id)) ?? 0n).toString(),
          })),
          ladder: steps
            .filter(({ index }) => index > 0)
            .map(({ model, epoch, gain }) => ({
              model: nameOf(models, model),
              epoch: Number(epoch),
              gain: Number(gain) / Q16,
            })),
        };
      }),
    ),
  };
}

function byRegistration(a: Model, b: Model): number {
  return Number(a.registeredHeight - b.registeredHeight) || a.name.localeCompare(b.name);
}

function nameOf(models: readonly Model[], id: Uint8Array): string {
  return models.find((model) => hex(model.id) === hex(id))?.name ?? hex(id);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
