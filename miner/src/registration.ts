import { addressBytes } from "@assay/client/address";
import type { ModelTerms } from "@assay/client/generated/assay/poi/v1/model";
import { storageGas } from "@assay/client/gas";
import { registerModel, reserveModel, type Message } from "@assay/client/messages";
import { reservationHash } from "@assay/client/protocol/hash";
import type { SendOptions } from "@assay/client/sender";
import type { Logger } from "@assay/service-kit/log";
import type { MinerChain } from "./chain.ts";
import {
  BalanceTooLowError,
  DuplicateModelError,
  explainRefusal,
  FeeTooHighError,
  NoPlaceError,
} from "./errors.ts";
import type { ModelFile } from "./model-file.ts";
import type { Records, ReservationKey } from "./records.ts";

/** Sends messages of one key and waits until they are in a block (`Sender.send`). */
export type Send = (messages: readonly Message<unknown>[], options: SendOptions) => Promise<unknown>;

/** A model to be registered. */
export interface Entry {
  readonly arena: bigint;
  /** `assay1…` */
  readonly owner: string;
  readonly file: ModelFile;
  readonly name: string;
  readonly card: string;
  readonly licence: string;
  readonly royaltyBps: number;
  readonly inferFee: bigint;
  readonly maxFee: bigint;
}

/** A reservation with fewer blocks left than this is not used any more: registering takes a few. */
const SPARE_BLOCKS = 10n;

/** A reservation that cannot be found this often after it was sent is a fault of the node. */
const MOST_RESERVATIONS = 3;

/**
 * Brings one model onto the chain: reserve, then register. Every step can be repeated at any time,
 * also after a crash: the salt is on disk before the reservation is sent, and what the chain knows decides.
 */
export class Registration {
  readonly entry: Entry;
  readonly #chain: MinerChain;
  readonly #records: Records;
  readonly #send: Send;
  readonly #log: Logger;
  readonly #key: ReservationKey;

  constructor(deps: { chain: MinerChain; records: Records; send: Send; log: Logger }, entry: Entry) {
    this.entry = entry;
    this.#chain = deps.chain;
    this.#records = deps.records;
    this.#send = deps.send;
    this.#log = deps.log;
    this.#key = {
      chainId: deps.chain.chainId,
      model: Buffer.from(entry.file.info.sha256, "hex"),
      owner: entry.owner,
    };
  }

  /** Id of the model in hex. */
  get modelHex(): string {
    return this.entry.file.info.sha256;
  }

  /** Whether the model is registered by its owner. Throws {@link DuplicateModelError} when by somebody else. */
  async isDone(): Promise<boolean> {
    const model = await this.#chain.model(this.modelHex);
    if (model && model.author !== this.entry.owner)
      throw new DuplicateModelError(this.modelHex, model.author);
    if (model) this.#records.close(this.#key);
    return model !== undefined;
  }

  /**
   * Checks that the owner accepts the fee and can pay it.
   * Throws {@link FeeTooHighError}, {@link BalanceTooLowError}.
   */
  async checkCost(): Promise<void> {
    const { owner, maxFee } = this.entry;
    const [fee, balance, params] = await Promise.all([
      this.#chain.registrationFee(),
      this.#chain.balance(owner),
      this.#chain.params(),
    ]);
    const bond = BigInt(params.modelBond);
    if (fee > maxFee) throw new FeeTooHighError(fee, maxFee);
    if (balance < fee + bond) throw new BalanceTooLowError(owner, balance, fee, bond);
  }

  /** Makes sure that a reservation is on the chain; returns its salt. */
  async reserve(signal: AbortSignal): Promise<Uint8Array> {
    const [{ reservationBlocks }, height] = await Promise.all([this.#chain.params(), this.#chain.height()]);
    const { owner } = this.entry;
    for (let attempt = 0; attempt < MOST_RESERVATIONS; attempt++) {
      const { salt, sent } = this.#records.open(this.#key);
      const hash = reservationHash(salt, this.#key.model, addressBytes(owner));
      const hashHex = Buffer.from(hash).toString("hex");
      let reservation = await this.#chain.reservation(hashHex);
      if (!reservation && !sent) {
        await this.#send([reserveModel({ owner, hash })], {
          id: `reserve/${this.#key.chainId}/${hashHex}`,
          signal,
        });
        reservation = await this.#chain.reservation(hashHex);
        if (reservation) this.#log.info({ seq: reservation.seq, id: this.modelHex }, "reserved");
      }
      if (reservation && height < reservation.height + BigInt(reservationBlocks) - SPARE_BLOCKS) {
        if (!sent) this.#records.markSent(this.#key);
        return salt;
      }
      this.#log.warn({ id: this.modelHex }, "the reservation has expired, reserving again");
      this.#records.close(this.#key);
    }
    throw new NoPlaceError(`the node does not show reservations of ${owner} that it took: use another node`);
  }

  /**
   * Shows the file of a reservation.
   * Throws what {@link explainRefusal} makes of a refusal.
   */
  async register(salt: Uint8Array, parents: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    const { arena, owner, file, name, card, licence, royaltyBps, inferFee, maxFee } = this.entry;
    const terms: Omit<ModelTerms, "inferFee"> & { inferFee: bigint } = {
      licence,
      royaltyBps,
      parents: [...parents],
      inferFee,
    };
    const message = registerModel({ owner, arena, salt, file: file.bytes, name, card, terms, maxFee });
    const id = `register/${this.#key.chainId}/${this.modelHex}/${Buffer.from(salt).toString("hex").slice(0, 16)}`;
    try {
      await this.#send([message], {
        id,
        gas: storageGas(file.bytes.length + Buffer.byteLength(card)),
        signal,
      });
    } catch (error) {
      throw explainRefusal(error, this.modelHex);
    }
    this.#records.close(this.#key);
    this.#log.info({ id: this.modelHex }, "registered");
  }
}
