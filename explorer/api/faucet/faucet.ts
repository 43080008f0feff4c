import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { BASE_DENOM } from "@assay/client/messages";
import { sleep, untilAborted } from "@assay/client/sleep";
import { isAbort } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { FaucetGrant, Network } from "../../wire/network.ts";
import type { Database } from "../db/schema.ts";
import { HttpError } from "../http/errors.ts";

/** Grants per UTC day. */
export interface FaucetLimits {
  perAddress: number;
  /** Of one network of visitors. */
  perPrefix: number;
  perDay: number;
}

/** The account that gives. */
export interface FaucetAccount {
  readonly address: string;
  /** What an address holds, in base units. */
  balance(address: string): Promise<bigint>;
  /** Sends once for an id, however often it is called; resolves when it is in a block. */
  send(id: string, to: string, amount: bigint): Promise<{ hash: string; height: number }>;
  /** After `send` rejected: whether the tokens may be on their way all the same. */
  maySend(id: string): Promise<boolean>;
  /** The id will not come up again. */
  forget(id: string): Promise<void>;
}

export interface FaucetOptions {
  db: Kysely<Database>;
  /** Chains on which it may give. */
  chains: readonly string[];
  /** Id of the node's chain, empty while nobody knows. */
  chainId: () => string;
  /** Undefined: there is no key, hence no faucet. Rejects while the node is away. */
  account: (() => Promise<FaucetAccount>) | undefined;
  /** Of one grant, in base units. */
  amount: bigint;
  limits: FaucetLimits;
  log: Logger;
  now?: () => Date;
  /** How long a visitor waits for the block. */
  waitMs?: number;
  /** Time between two looks for grants whose fate is open. */
  resumeMs?: number;
}

export interface Faucet {
  /** What it gives now; null when it does not. */
  offer(): Network["faucet"];
  /**
   * Sends one grant.
   *
   * @param prefix network of the visitor, see {@link FaucetLimits.perPrefix}.
   *
   * Throws HttpError: 404 without a faucet, 400, 403 for who has enough, 429 with Retry-After over a limit, 503 when it
   * cannot send, 504 when the tokens are on their way for longer than the visitor waits.
   */
  give(address: string, prefix: string): Promise<FaucetGrant>;
  /** Brings what an earlier process began to its end. */
  run(signal: AbortSignal): Promise<void>;
}

/** Whoever holds so many grants has enough. */
const CEILING_GRANTS = 5n;

export function createFaucet(options: FaucetOptions): Faucet {
  return new DatabaseFaucet(options);
}

/**
 * A grant is written down before it is sent, under the id with which the sender sends it once. It counts from then on,
 * until it is known that it never gets into a block.
 */
class DatabaseFaucet implements Faucet {
  readonly #options: FaucetOptions & { now: () => Date; waitMs: number; resumeMs: number };
  /** Addresses whose grant is being sent by this process. */
  readonly #underWay = new Set<string>();
  /** Limits are checked and a grant written down by one visitor after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: FaucetOptions) {
    this.#options = { now: () => new Date(), waitMs: 30_000, resumeMs: 15_000, ...options };
  }

  offer(): Network["faucet"] {
    const { account, chains, chainId, amount } = this.#options;
    if (account === undefined || !chains.includes(chainId())) return null;
    return { amount: amount.toString(), denom: BASE_DENOM };
  }

  async give(address: string, prefix: string): Promise<FaucetGrant> {
    if (this.offer() === null) throw new HttpError(404, "This network has no faucet.");
    if (this.#underWay.has(address)) throw onTheirWay(429);
    this.#underWay.add(address);
    let sending: Promise<FaucetGrant>;
    try {
      const account = await this.#account();
      await this.#refuseTheRich(account, address);
      const id = await this.#inTurn(() => this.#begin(address, prefix));
      sending = this.#send(account, { id, address, amount: this.#options.amount.toString() });
    } catch (error) {
      this.#underWay.delete(address);
      throw error;
    }
    const done = sending.finally(() => this.#underWay.delete(address));
    const patience = AbortSignal.timeout(this.#options.waitMs);
    try {
      return await untilAborted(done, patience);
    } catch (error) {
      if (error !== patience.reason) throw error;
      done.catch((failure: unknown) => this.#options.log.warn({ error: failure }, "a grant failed late"));
      throw onTheirWay(504);
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, resumeMs } = this.#options;
    while (!signal.aborted) {
      try {
        if (this.offer() !== null) await this.#resume();
      } catch (error) {
        log.warn({ error }, "grants that were begun cannot be brought to an end yet");
      }
      try {
        await sleep(resumeMs, signal);
      } catch (error) {
        if (!isAbort(error)) throw error;
      }
    }
  }

  async #resume(): Promise<void> {
    const begun = await this.#options.db
      .selectFrom("faucet_grant")
      .select(["id", "address", "amount"])
      .where("hash", "is", null)
      .execute();
    const open = begun.filter(({ address }) => !this.#underWay.has(address));
    if (open.length === 0) return;
    const account = await this.#account();
    for (const grant of open) {
      if (this.#underWay.has(grant.address)) continue;
      this.#underWay.add(grant.address);
      this.#send(account, grant)
        .catch((error: unknown) => this.#options.log.warn({ error }, "a grant begun earlier failed"))
        .finally(() => this.#underWay.delete(grant.address));
    }
  }

  async #account(): Promise<FaucetAccount> {
    const { account, log } = this.#options;
    if (account === undefined) throw new HttpError(404, "This network has no faucet.");
    return account().catch((error: unknown) => {
      log.warn({ error }, "the faucet cannot reach the node");
      throw cannotSend();
    });
  }

  async #refuseTheRich(account: FaucetAccount, address: string): Promise<void> {
    if (address === account.address) throw new HttpError(400, "address: this is the faucet itself");
    const { amount, log } = this.#options;
    const balance = await account.balance(address).catch((error: unknown) => {
      log.warn({ error }, "the faucet cannot read a balance");
      throw cannotSend();
    });
    const ceiling = amount * CEILING_GRANTS;
    if (balance < ceiling) return;
    throw new HttpError(
      403,
      `This address holds ${balance} ${BASE_DENOM}; the faucet is for those with less than ${ceiling}. ` +
        "Come back when some of it is spent.",
    );
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Checks the limits and writes a grant down; returns its id. */
  async #begin(address: string, prefix: string): Promise<string> {
    const { db, limits, amount, now } = this.#options;
    const time = now();
    const day = time.toISOString().slice(0, 10);
    return db.transaction().execute(async (tx) => {
      const { count } = tx.fn;
      const today = tx
        .selectFrom("faucet_grant")
        .select(count<number>("id").as("count"))
        .where("day", "=", day);
      const counted = async (query: typeof today) => (await query.executeTakeFirstOrThrow()).count;
      if ((await counted(today.where("address", "=", address))) >= limits.perAddress)
        throw tomorrow(time, "This address got its tokens for today");
      if ((await counted(today.where("prefix", "=", prefix))) >= limits.perPrefix)
        throw tomorrow(time, "Your network got its tokens for today");
      if ((await counted(today)) >= limits.perDay) throw tomorrow(time, "The faucet is empty for today");
      const id = randomUUID();
      await tx
        .insertInto("faucet_grant")
        .values({ id, address, prefix, day, amount: amount.toString(), hash: null })
        .execute();
      return id;
    });
  }

  async #send(
    account: FaucetAccount,
    { id, address, amount }: { id: string; address: string; amount: string },
  ): Promise<FaucetGrant> {
    const { db, log } = this.#options;
    let sent: { hash: string; height: number };
    try {
      sent = await account.send(id, address, BigInt(amount));
    } catch (error) {
      log.warn({ error, address }, "the faucet could not send");
      if (await account.maySend(id)) throw onTheirWay(503);
      await db.deleteFrom("faucet_grant").where("id", "=", id).execute();
      throw cannotSend();
    }
    await db.updateTable("faucet_grant").set({ hash: sent.hash }).where("id", "=", id).execute();
    await account.forget(id);
    log.info({ address, amount, hash: sent.hash }, "the faucet gave");
    return { ...sent, amount, denom: BASE_DENOM };
  }
}

function onTheirWay(status: number): HttpError {
  return new HttpError(status, "Tokens for this address are on their way; look at its balance in a minute.", {
    "Retry-After": "60",
  });
}

function cannotSend(): HttpError {
  return new HttpError(
    503,
    "The faucet cannot send right now; nothing was taken from your share. Try again.",
    {
      "Retry-After": "30",
    },
  );
}

/** Limits are per UTC day. */
function tomorrow(now: Date, what: string): HttpError {
  const midnight = new Date(now);
  midnight.setUTCHours(24, 0, 0, 0);
  const seconds = Math.ceil((midnight.getTime() - now.getTime()) / 1_000);
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.ceil((seconds % 3_600) / 60);
  return new HttpError(429, `${what}. Come back after midnight UTC, in ${hours} h ${minutes} min.`, {
    "Retry-After": String(seconds),
  });
}
