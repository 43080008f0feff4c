import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBech32 } from "@cosmjs/encoding";
import type { GetContenderReturnType } from "@assay/client/actions/getContender";
import type { GetModelEpochReturnType } from "@assay/client/actions/getModelEpoch";
import { TxFailedError } from "@assay/client/errors";
import type { Arena } from "@assay/client/generated/assay/poi/v1/arena";
import { Model, Reservation } from "@assay/client/generated/assay/poi/v1/model";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import type {
  MsgRegisterModel,
  MsgRenewReservation,
  MsgReserveModel,
} from "@assay/client/generated/assay/poi/v1/tx";
import { reservationHash } from "@assay/client/protocol/hash";
import { silentLogger } from "@assay/service-kit/log";
import { openStore } from "@assay/service-kit/store";
import type { MinerChain } from "../../src/chain.ts";
import { MIGRATIONS, Records } from "../../src/records.ts";
import { Registration, type Entry, type Send } from "../../src/registration.ts";

export const ADDRESS = Uint8Array.from({ length: 20 }, (_, i) => i);
export const OWNER = toBech32("assay", ADDRESS);
export const STRANGER = toBech32("assay", new Uint8Array(20).fill(5));
export const ARENA = 1n;
export const never = new AbortController().signal;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** An entry whose file is told apart by `byte`. */
export function entryOf(byte: number, changes: Partial<Entry> = {}): Entry {
  const info = {
    macs: 10,
    elements: 2,
    cost: 12,
    boundBits: 8,
    input: { type: "uint8" as const, shape: [4] },
    outputs: [3],
  };
  return {
    arena: ARENA,
    owner: OWNER,
    file: {
      bytes: Uint8Array.of(byte),
      info: { ...info, sha256: byte.toString(16).padStart(2, "0").repeat(32) },
    },
    name: `model-${byte}`,
    card: "",
    licence: "Apache-2.0",
    royaltyBps: 0,
    inferFee: 0n,
    maxFee: 500n,
    ...changes,
  };
}

/** The part of the chain a miner deals with, with the checks of its messages. */
export class FakeChain implements MinerChain {
  readonly chainId = "assay-test-1";
  readonly sent: { typeUrl: string; value: unknown }[] = [];
  readonly #done = new Set<string>();
  readonly reservations = new Map<string, Reservation>();
  readonly registered = new Map<string, Model>();
  at = 100n;
  fee = 400n;
  funds = 10_000n;
  due = 0n;
  ready = 3;
  contenders = new Map<string, GetContenderReturnType>();
  epochs = new Map<bigint, GetModelEpochReturnType>();
  /** Ends the process at the next message of this kind, before or after it got into a block. */
  crash: { on: string; after: boolean } | undefined;
  /** Refuses the next registration with this code of x/poi. */
  refuse: number | undefined;

  height = () => Promise.resolve(this.at);
  arenas = () => Promise.resolve([] as Arena[]);
  params = () =>
    Promise.resolve(
      Params.fromPartial({ modelBond: "1000", reservationBlocks: 50, maxModelMacs: 100n, maxFileBytes: 64 }),
    );
  registrationFee = () => Promise.resolve(this.fee);
  balance = () => Promise.resolve(this.funds);
  rewards = () => Promise.resolve(this.due);
  model = (modelHex: string) => Promise.resolve(this.registered.get(modelHex));
  models = () => Promise.resolve([...this.registered.values()]);
  reservation = (hashHex: string) => Promise.resolve(this.reservations.get(hashHex));
  contender = (modelHex: string) => Promise.resolve(this.contenders.get(modelHex));
  modelEpoch = (_modelHex: string, epoch: bigint) => Promise.resolve(this.epochs.get(epoch));
  readySponsors = () => Promise.resolve(this.ready);

  readonly send: Send = async (messages, { id }) => {
    if (id !== undefined && this.#done.has(id)) return;
    for (const { typeUrl, value } of messages) {
      const kind = typeUrl.replace("/assay.poi.v1.Msg", "");
      const crash = this.crash?.on === kind ? this.crash : undefined;
      if (crash) this.crash = undefined;
      if (crash && !crash.after) throw new Error("crash");
      this.at += 1n;
      this.#deliver(kind, value);
      this.sent.push({ typeUrl, value });
      if (id !== undefined) this.#done.add(id);
      if (crash) throw new Error("crash");
    }
  };

  #deliver(kind: string, value: unknown): void {
    switch (kind) {
      case "ReserveModel": {
        const { hash, owner } = value as MsgReserveModel;
        if (this.reservations.has(hex(hash))) throw new Error("reservation exists");
        const seq = BigInt(this.reservations.size);
        this.reservations.set(hex(hash), Reservation.fromPartial({ hash, owner, seq, height: this.at }));
        return;
      }
      case "RegisterModel":
        return this.#register(value as MsgRegisterModel);
      case "RenewReservation":
        this.contenders.get(hex((value as MsgRenewReservation).model))!.contender.sponsors = [];
        return;
      case "ClaimRewards":
        this.due = 0n;
        return;
      default:
        throw new Error(`unexpected ${kind}`);
    }
  }

  #register({ salt, file, owner, name, arena, terms }: MsgRegisterModel): void {
    if (this.refuse !== undefined) {
      const code = this.refuse;
      this.refuse = undefined;
      throw new TxFailedError({ stage: "deliver", code, codespace: "poi", log: "refused" });
    }
    const id = new Uint8Array(32).fill(file[0] as number);
    const hash = hex(reservationHash(salt, id, ADDRESS));
    const reservation = this.reservations.get(hash);
    if (!reservation || reservation.height >= this.at) throw new Error("no reservation");
    for (const parent of terms?.parents ?? [])
      if (!this.registered.has(hex(parent))) throw new Error("no parent");
    this.reservations.delete(hash);
    this.registered.set(hex(id), Model.fromPartial({ id, author: owner, name, arena, terms }));
  }

  get verbs(): string[] {
    return this.sent.map(({ typeUrl }) => typeUrl.replace("/assay.poi.v1.Msg", ""));
  }
}

export async function temporaryFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "assay-miner-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Opens the records of a data directory, as a start of the program does. */
export function openRecords(folder: string, chain: FakeChain) {
  const store = openStore(folder, { migrations: MIGRATIONS });
  const records = new Records(store);
  const registrationOf = (entry: Entry): Registration =>
    new Registration({ chain, records, send: chain.send, log: silentLogger }, entry);
  return { store, records, registrationOf };
}

export async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error as Error,
  );
}
