import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBech32 } from "@cosmjs/encoding";
import type { GetSponsorReturnType } from "@assay/client/actions/getSponsor";
import { Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { Commitment, Sponsor } from "@assay/client/generated/assay/poi/v1/participant";
import type { MsgCommitBatches, MsgOpenLabels, MsgPostInputs } from "@assay/client/generated/assay/poi/v1/tx";
import type { Message } from "@assay/client/messages";
import { batchLeaf, compareBytes, labelsHash } from "@assay/client/protocol/hash";
import { merkleRoot, verifyPath } from "@assay/client/protocol/merkle";
import { DatasetError } from "@assay/models/datasets/dataset";
import { openStore } from "@assay/service-kit/store";
import { Book, type BatchSource } from "../../src/book.ts";
import type { SponsorChain } from "../../src/chain.ts";
import type { Send } from "../../src/membership.ts";
import { MIGRATIONS, Records } from "../../src/records.ts";
import { secretFrom, type Secret } from "../../src/secret.ts";
import { makeSeat } from "../../src/seat.ts";

export const CHAIN_ID = "assay-test-1";
export const ADDRESS = toBech32("assay", new Uint8Array(20).fill(7));
export const ITEM_BYTES = 4;
export const SEAT = makeSeat(CHAIN_ID, 1n, "toy", ADDRESS);
export const FORMAT = { itemBytes: ITEM_BYTES, labels: { kind: 1, classes: 3, tolerance: 0n } } as const;
export const SECRET: Secret = secretFrom(new Uint8Array(32).fill(1));
export const SEED = new Uint8Array(32).fill(9);
export const never = new AbortController().signal;
export const quiet = (): void => undefined;

/** Items that tell seed, batch and position apart; `twist` makes another data set, `limit` ends it. */
export function toySource({
  twist = 0,
  limit = Infinity,
}: { twist?: number; limit?: number } = {}): BatchSource {
  return (seed, size) => ({
    sources: 1,
    batch(b) {
      if (b >= limit) throw new DatasetError(`no batch ${b}`);
      return Array.from({ length: size }, (_, i) => ({
        input: Uint8Array.of(seed[0] as number, b % 256, i, twist),
        label: (b + i) % 3,
      }));
    },
  });
}

export async function temporaryFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "assay-sponsor-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Opens the records of a data directory and a book on them, as a start of the program does. */
export function openBook(folder: string, source: BatchSource = toySource(), secret = SECRET) {
  const store = openStore(folder, { migrations: MIGRATIONS });
  const records = new Records(store);
  return { store, records, book: new Book(SEAT, { format: FORMAT, secret }, records, source) };
}

/** The part of the chain a sponsor deals with, with the checks of its messages. */
export class FakeChain implements SponsorChain {
  readonly chainId = CHAIN_ID;
  readonly sent: Message<unknown>[] = [];
  readonly ids = new Set<string>();
  allSlots: Slot[] = [];
  approved = false;
  bonded = false;
  bond = 0n;
  commitments: Commitment[] = [];
  /** Thrown by the next send, after the message took effect or before. */
  fail: { after: boolean; error: Error } | undefined;

  arenas = () => Promise.resolve([]);
  rewards = () => Promise.resolve(0n);
  params = () =>
    Promise.resolve(Params.fromPartial({ minCommitBatches: 5, batchItems: 3, sponsorBond: "1000" }));
  slots = (epoch: bigint) => Promise.resolve(this.allSlots.filter((slot) => slot.epoch === epoch));

  sponsor(): Promise<GetSponsorReturnType | undefined> {
    if (!this.approved && !this.bonded && this.commitments.length === 0) return Promise.resolve(undefined);
    return Promise.resolve({
      sponsor: Sponsor.fromPartial({
        arena: SEAT.arena,
        address: ADDRESS,
        approved: this.approved,
        bonded: this.bonded,
        commitments: this.commitments.length,
        nextBatch: this.commitments.reduce((sum, { count }) => sum + count, 0),
      }),
      bond: this.bond,
      commitments: structuredClone(this.commitments),
    });
  }

  readonly send: Send = async (messages, { id }) => {
    if (id !== undefined && this.ids.has(id)) return;
    const { fail } = this;
    this.fail = undefined;
    if (fail && !fail.after) throw fail.error;
    for (const message of messages) this.#deliver(message);
    if (id !== undefined) this.ids.add(id);
    if (fail) throw fail.error;
  };

  #deliver(message: Message<unknown>): void {
    this.sent.push(message);
    switch (message.typeUrl) {
      case "/assay.poi.v1.MsgBondSponsor":
        if (!this.approved) throw new Error("not approved");
        this.bonded = true;
        this.bond = 1000n;
        return;
      case "/assay.poi.v1.MsgCommitBatches":
        return this.#commit(message.value as MsgCommitBatches);
      case "/assay.poi.v1.MsgPostInputs":
        return this.#postInputs(message.value as MsgPostInputs);
      case "/assay.poi.v1.MsgOpenLabels":
        return this.#openLabels(message.value as MsgOpenLabels);
      default:
        throw new Error(`unexpected ${message.typeUrl}`);
    }
  }

  #commit({ root, count }: MsgCommitBatches): void {
    if (this.commitments.some((other) => compareBytes(other.root, root) === 0))
      throw new Error("root exists");
    const firstBatch = this.commitments.reduce((sum, other) => sum + other.count, 0);
    this.commitments.push(
      Commitment.fromPartial({ index: this.commitments.length, root, count, firstBatch, remaining: count }),
    );
  }

  #postInputs({ slot: id, inputs, labelsHash: hash, path }: MsgPostInputs): void {
    const slot = this.#slot(id);
    const commitment = this.commitments[slot.commitment];
    if (!commitment || slot.inputsRoot.length > 0) throw new Error("posted already");
    const items = Array.from({ length: inputs.length / ITEM_BYTES }, (_, i) =>
      inputs.slice(i * ITEM_BYTES, (i + 1) * ITEM_BYTES),
    );
    const inputsRoot = merkleRoot(items);
    const leaf = batchLeaf({ ...SEAT, batch: slot.batch, inputsRoot, labelsHash: hash });
    const index = slot.batch - commitment.firstBatch;
    if (
      !verifyPath(
        { index, total: commitment.count, aunts: path },
        commitment.root,
        index,
        commitment.count,
        leaf,
      )
    ) {
      throw new Error("wrong opening");
    }
    slot.inputsRoot = inputsRoot;
    slot.labelsHash = hash;
  }

  #openLabels({ slot: id, labels, salt }: MsgOpenLabels): void {
    const slot = this.#slot(id);
    if (compareBytes(labelsHash(labels, salt), slot.labelsHash) !== 0) throw new Error("wrong opening");
    slot.labels = labels;
    slot.salt = salt;
  }

  #slot(id: bigint): Slot {
    const slot = this.allSlots.find((other) => other.id === id);
    if (!slot) throw new Error(`no slot ${id}`);
    return slot;
  }

  draw(epoch: bigint, id: bigint, commitment: number, batch: number, sponsor = ADDRESS): Slot {
    const slot = Slot.fromPartial({ epoch, id, arena: SEAT.arena, sponsor, commitment, batch });
    this.allSlots.push(slot);
    return slot;
  }
}
