import type { ReactNode } from "react";
import { useNetwork, useNow } from "../api/live.ts";
import { TextLink } from "./button.tsx";
import { Copy } from "./copy.tsx";
import { cx } from "./cx.ts";
import {
  formatAmount,
  formatCount,
  formatDuration,
  formatFullTime,
  formatPercent,
  shorten,
} from "./format.ts";

/** An amount in the unit people use; the exact one in base units in its title. `amount` is decimal, in base units. */
export function Amount({
  amount,
  denom,
  digits,
}: {
  amount: string;
  /** Base denomination; the network's own unless said. */
  denom?: string;
  digits?: number;
}): ReactNode {
  const own = useNetwork()?.denom ?? { base: "uassay", display: "ASSAY", exponent: 6 };
  const base = denom ?? own.base;
  const known = base === own.base;
  return (
    <span className="whitespace-nowrap" title={`${formatCount(BigInt(amount))} ${base}`}>
      {known ? formatAmount(amount, digits, own.exponent) : formatCount(BigInt(amount))}{" "}
      <span className="text-[0.85em] font-normal text-muted">
        {known ? own.display : shorten(base, 12, 4)}
      </span>
    </span>
  );
}

/** Parts per million as a percentage. */
export function Ppm({ ppm }: { ppm: number }): ReactNode {
  return (
    <span className="whitespace-nowrap" title={`${formatCount(ppm)} of 1,000,000`}>
      {formatPercent(ppm / 1_000_000)}
    </span>
  );
}

/** Links to a block. */
export function Height({ height }: { height: number }): ReactNode {
  return <TextLink to={`/blocks/${height}`}>{formatCount(height)}</TextLink>;
}

/** How long ago, kept up to date; date and time in the reader's zone, in UTC, and the block in its title. */
export function Time({ time, height }: { time: string; height?: number }): ReactNode {
  const seconds = (useNow() - Date.parse(time)) / 1_000;
  const block = height === undefined ? "" : ` · block ${formatCount(height)}`;
  return (
    <time dateTime={time} title={formatFullTime(time) + block} className="whitespace-nowrap">
      {seconds < 1 ? "now" : `${formatDuration(seconds)} ago`}
    </time>
  );
}

/** Text in fixed width that stands for itself: hashes, ids, bytes. Shortened in the middle unless `full`. */
export function Code({
  text,
  full = false,
  className,
}: {
  text: string;
  full?: boolean;
  className?: string;
}): ReactNode {
  return (
    <span title={text} className={cx("font-mono text-[0.92em]", full && "break-all", className)}>
      {full ? text : shorten(text, 8, 6)}
    </span>
  );
}

/** Links to a transaction. */
export function TxHash({
  hash,
  copy = false,
  full,
}: {
  hash: string;
  copy?: boolean;
  full?: boolean;
}): ReactNode {
  return (
    <span className={full ? "" : "whitespace-nowrap"}>
      <TextLink to={`/txs/${hash}`}>
        <Code text={hash} full={full} />
      </TextLink>
      {copy ? <Copy text={hash} what="hash" /> : null}
    </span>
  );
}

/** Links to an account, or to a validator for its operator address. */
export function Address({
  address,
  name,
  copy = false,
  full = false,
}: {
  address: string;
  /** Shown instead of the address, which stays in the title. */
  name?: string | undefined;
  copy?: boolean;
  full?: boolean;
}): ReactNode {
  const to = address.includes("valoper1") ? `/validators/${address}` : `/accounts/${address}`;
  return (
    <span className={full ? "" : "whitespace-nowrap"}>
      <TextLink to={to} title={address}>
        {name ? name : <Code text={full ? address : shorten(address, 10, 6)} full />}
      </TextLink>
      {copy ? <Copy text={address} what="address" /> : null}
    </span>
  );
}

/** Links to a model: its name with the start of its id, which tells models of one name apart. */
export function ModelLink({ id, name }: { id: string; name?: string | null | undefined }): ReactNode {
  return (
    <TextLink to={`/models/${id}`} title={id}>
      {name ? <>{name} </> : null}
      <span className={cx("font-mono text-[0.85em]", name && "text-muted")}>{id.slice(0, 8)}</span>
    </TextLink>
  );
}

/** Links to a service. */
export function ServiceLink({ id, name }: { id: number; name?: string | null | undefined }): ReactNode {
  return <TextLink to={`/services/${id}`}>{name ? name : `Service ${id}`}</TextLink>;
}

/** Links to an arena. */
export function ArenaLink({ id, name }: { id: number; name?: string | null | undefined }): ReactNode {
  return <TextLink to={`/arenas/${id}`}>{name ? name : `Arena ${id}`}</TextLink>;
}

/** Links to an epoch. */
export function EpochLink({ epoch }: { epoch: number }): ReactNode {
  return <TextLink to={`/epochs/${epoch}`}>{formatCount(epoch)}</TextLink>;
}

/** A link that somebody wrote on the chain: only http and https are followed, everything else is plain text. */
export function ExternalLink({ href, children }: { href: string; children?: ReactNode }): ReactNode {
  if (!isWebAddress(href)) return <span>{children ?? href}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="text-accent hover:underline">
      {children ?? href}
    </a>
  );
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}
