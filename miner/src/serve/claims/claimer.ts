import type { Amount } from "@assay/client/coins";
import {
  ChannelStatus,
  ClaimStatus,
  type ClaimResult,
} from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { MsgClaimResponse, MsgCloseChannelResponse } from "@assay/client/generated/assay/marketplace/v1/tx";
import { claim, closeChannel, withdraw, type Message } from "@assay/client/messages";
import type { TxResult } from "@assay/client/result";
import type { SendOptions } from "@assay/client/sender";
import { messageOf } from "@assay/service-kit/errors";
import type { Logger } from "@assay/service-kit/log";
import type { Channel } from "../chain/chain.ts";
import type { ChainView } from "../chain/view.ts";
import type { Lanes } from "../payments/lanes.ts";
import type { VoucherLog } from "../payments/log.ts";
import type { PaymentMetrics } from "../payments/metrics.ts";
import { batches, nameOf, rowsOf, type Row } from "./rows.ts";

export interface ClaimRule {
  /** Claim when this much has come together in a denom, in base units ... */
  readonly above: bigint;
  /** ... or when anything has waited for this long. */
  readonly afterMs: number;
  /** Withdraw credits of at least this much of a denom. */
  readonly withdrawAbove: bigint;
}

export interface ClaimerOptions {
  readonly chainId: string;
  /** `assay1…` */
  readonly provider: string;
  readonly view: ChainView;
  readonly lanes: Lanes;
  readonly log: VoucherLog;
  readonly credits: () => Promise<readonly Amount[]>;
  readonly send: (messages: readonly Message<unknown>[], options: SendOptions) => Promise<TxResult>;
  readonly rule: ClaimRule;
  readonly metrics: PaymentMetrics;
  readonly logger: Logger;
  /** In milliseconds, of a clock that never goes back. */
  readonly now?: () => number;
}

/** After a claim failed. */
const PAUSE_MS = 10_000;
const CREDITS_MS = 60_000;

/**
 * Turns vouchers into money: claims what has come together, what has waited long enough, and at once what is on a
 * closing channel; closes the channels of closed services; withdraws what was credited. Whatever is sent twice, by a
 * crash or by a second copy, moves no lane twice.
 */
export class Claimer {
  readonly #options: ClaimerOptions;
  readonly #now: () => number;
  /** Vouchers that the chain refuses, by channel, lane and amount: sending them again costs gas and gains nothing. */
  readonly #refused = new Set<string>();
  #waitingSince: number | undefined;
  #pauseUntil = -Infinity;
  #creditsAt = -Infinity;

  constructor(options: ClaimerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** One look at everything; to be called every second or so. Throws nothing but what ends it early by `signal`. */
  async collect(signal: AbortSignal): Promise<void> {
    this.#forgetClosed();
    if (this.#now() < this.#pauseUntil) return;
    try {
      if (this.#isDue()) await this.settle(signal);
      await this.closeChannels(signal);
      if (this.#now() - this.#creditsAt >= CREDITS_MS) await this.#withdraw(signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#pauseUntil = this.#now() + PAUSE_MS;
      this.#options.logger.warn({ error }, `cannot claim, trying again: ${messageOf(error)}`);
    }
  }

  /** Claims everything that can be claimed now. Throws what sending throws. */
  async settle(signal: AbortSignal): Promise<void> {
    const { chainId, provider, send, metrics, logger } = this.#options;
    for (const rows of batches(this.#rows())) {
      const vouchers = rows.map(({ voucher }) => voucher);
      const id = `claim/${chainId}/${nameOf(rows)}`;
      const { msgResponses, hash } = await send([claim({ provider, vouchers })], { id, signal });
      const [response] = msgResponses;
      const results = response ? MsgClaimResponse.decode(response.value).results : [];
      metrics.claims.inc();
      const released = this.#takeResults(rows, results);
      logger.info({ rows: rows.length, released, hash }, "claimed");
      await this.#refresh(rows.map(({ channel }) => channel));
      this.#creditsAt = -Infinity;
    }
    this.#waitingSince = undefined;
  }

  #rows(): Row[] {
    const { view, lanes } = this.#options;
    return view
      .channels()
      .filter(({ service }) => view.service(service)?.status !== ServiceStatus.CONVICTED)
      .flatMap((channel) => rowsOf(lanes, channel))
      .filter((row) => !this.#refused.has(keyOf(row)));
  }

  #isDue(): boolean {
    const { above, afterMs } = this.#options.rule;
    const rows = this.#rows();
    if (rows.length === 0) {
      this.#waitingSince = undefined;
      return false;
    }
    this.#waitingSince ??= this.#now();
    if (this.#now() - this.#waitingSince >= afterMs) return true;
    if (rows.some(({ channel }) => channel.status === ChannelStatus.CLOSING)) return true;
    return [...totals(rows).values()].some((total) => total >= above);
  }

  /** Looks at every row's result; returns what was released, by denom. */
  #takeResults(rows: readonly Row[], results: readonly ClaimResult[]): Record<string, string> {
    const { metrics, logger } = this.#options;
    const released = new Map<string, bigint>();
    rows.forEach((row, i) => {
      const result = results[i];
      const status = statusName(result?.status);
      const { denom, idHex } = row.channel;
      metrics.rows.inc({ status });
      metrics.released.inc({ denom }, Number(result?.released ?? 0n));
      released.set(denom, (released.get(denom) ?? 0n) + (result?.released ?? 0n));
      const facts = { channel: idHex, lane: row.voucher.lane, amount: row.voucher.amount, status };
      switch (result?.status) {
        case ClaimStatus.OK:
        case ClaimStatus.NOOP:
          return;
        case ClaimStatus.PARTIAL:
          logger.warn(
            facts,
            "a channel had less than its vouchers: another copy of this server may have claimed",
          );
          return;
        default:
          this.#refused.add(keyOf(row));
          logger.error(facts, "the chain refuses a voucher that was taken here; it is not sent again");
      }
    });
    return Object.fromEntries([...released].map(([denom, amount]) => [denom, amount.toString()]));
  }

  /**
   * Claims and closes the channels of services that we closed: payers get back at once what is left. Throws what
   * sending throws.
   */
  async closeChannels(signal: AbortSignal): Promise<void> {
    const { chainId, provider, view, lanes, send, metrics, logger } = this.#options;
    const over = view
      .channels()
      .filter(
        ({ status, service }) =>
          status !== ChannelStatus.CLOSED && view.service(service)?.status === ServiceStatus.CLOSED,
      );
    for (const channel of over) {
      // Its voucher belongs to the last ones.
      if (lanes.isRunning(channel.idHex)) continue;
      const rows = rowsOf(lanes, channel).filter((row) => !this.#refused.has(keyOf(row)));
      const vouchers = rows.map(({ voucher }) => voucher);
      const id = `close/${chainId}/${channel.idHex}/${nameOf(rows)}`;
      const { msgResponses } = await send(
        [closeChannel({ sender: provider, channel: channel.id, vouchers })],
        {
          id,
          signal,
        },
      );
      const [response] = msgResponses;
      if (response) this.#takeResults(rows, MsgCloseChannelResponse.decode(response.value).results);
      metrics.claims.inc();
      logger.info({ channel: channel.idHex, rows: rows.length }, "channel of a closed service closed");
      await this.#refresh([channel]);
      this.#creditsAt = -Infinity;
    }
  }

  async #withdraw(signal: AbortSignal): Promise<void> {
    const { provider, credits, rule, send, metrics, logger } = this.#options;
    this.#creditsAt = this.#now();
    const all = await credits();
    if (!all.some(({ amount }) => amount > 0n && amount >= rule.withdrawAbove)) return;
    await send([withdraw({ owner: provider })], { signal });
    for (const { denom, amount } of all) metrics.withdrawn.inc({ denom }, Number(amount));
    const amounts = Object.fromEntries(all.map(({ denom, amount }) => [denom, amount.toString()]));
    logger.info({ amounts }, "credits withdrawn");
  }

  /** So that what has just been claimed is not claimed again before its block is followed. */
  async #refresh(channels: readonly Channel[]): Promise<void> {
    for (const idHex of new Set(channels.map((channel) => channel.idHex)))
      await this.#options.view.refresh(idHex);
  }

  #forgetClosed(): void {
    const { view, lanes, log } = this.#options;
    for (const { id, idHex, status } of view.channels()) {
      if (status !== ChannelStatus.CLOSED || lanes.all(idHex).length === 0) continue;
      // A call that still runs ends its lane by writing it.
      if (lanes.isRunning(idHex)) continue;
      log.forget(id);
      lanes.forget(idHex);
    }
  }

  /** Brings the metrics of channels up to date. */
  measure(): void {
    const { view, lanes, metrics } = this.#options;
    metrics.unsettled.reset();
    metrics.channels.reset();
    for (const channel of view.channels()) {
      metrics.channels.inc({ status: channelStatusName(channel.status) });
      metrics.unsettled.inc({ denom: channel.denom }, Number(lanes.claimable(channel)));
    }
    metrics.headAge.set(view.headAgeMs() / 1_000);
  }
}

function keyOf({ channel, voucher }: Row): string {
  return `${channel.idHex}/${voucher.lane}/${voucher.amount}`;
}

function totals(rows: readonly Row[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { channel, voucher, settled } of rows)
    sums.set(channel.denom, (sums.get(channel.denom) ?? 0n) + voucher.amount - settled);
  return sums;
}

/** ok, partial, noop, … */
function statusName(status: ClaimStatus | undefined): string {
  return (
    Object.entries(ClaimStatus)
      .find(([, value]) => value === status)?.[0]
      .toLowerCase() ?? "missing"
  );
}

function channelStatusName(status: ChannelStatus): string {
  return (
    Object.entries(ChannelStatus)
      .find(([, value]) => value === status)?.[0]
      .toLowerCase() ?? "unknown"
  );
}
