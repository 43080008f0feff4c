import { Fragment, type ReactNode } from "react";
import { TextLink } from "../../components/button.tsx";
import { Copy } from "../../components/copy.tsx";
import { formatBytes, formatCount, plural } from "../../components/format.ts";
import { Facts } from "../../components/stat.tsx";
import { Address, Amount, ArenaLink, Code, EpochLink, ExternalLink, ModelLink, ServiceLink } from "../../components/values.tsx";
import type { Json } from "../../../../wire/chain.ts";
import { isObject, isOmitted } from "./fields.ts";
import { nameOfField, nameOfType } from "./names.ts";

type Entry = readonly [key: string, value: Json];

/** The fields of a decoded message or event as a table; empty ones are left out. `of` is its type. */
export function DecodedFields({ entries, of }: { entries: readonly Entry[]; of: string }): ReactNode {
  const shown = entries.filter(([key, value]) => key !== "@type" && !isEmpty(value));
  if (shown.length === 0) return <p className="text-sm text-muted">Nothing more in it.</p>;
  return (
    <Facts
      items={shown.map(([key, value]) => [
        <span key={key} title={key}>
          {nameOfField(key)}
        </span>,
        <DecodedValue key={key} name={key} value={value} of={of} />,
      ])}
    />
  );
}

/** One decoded value; its field's name tells what a number or some bytes stand for. */
export function DecodedValue({ name, value, of }: { name: string; value: Json; of: string }): ReactNode {
  if (typeof value === "string") return <TextValue name={name} text={value} of={of} />;
  if (typeof value === "number") return <TextValue name={name} text={String(value)} of={of} />;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null) return <span className="text-muted">–</span>;
  if (Array.isArray(value)) return <ListValue name={name} list={value} of={of} />;
  const { hex, size, denom, amount } = value;
  if (typeof hex === "string") return <Bytes name={name} hex={hex} size={typeof size === "number" ? size : hex.length / 2} />;
  if (typeof denom === "string" && isWhole(amount)) return <Amount amount={amount} denom={denom} digits={6} />;
  if (isOmitted(value)) return <span className="text-muted">… and {formatCount(value.omitted)} more</span>;
  const type = typeof value["@type"] === "string" ? value["@type"] : undefined;
  return (
    <div className="rounded-lg border border-line px-3 py-1">
      {type === undefined ? null : (
        <p className="pt-1 text-xs font-medium text-muted" title={type}>
          {nameOfType(type)}
        </p>
      )}
      <DecodedFields entries={Object.entries(value)} of={type ?? of} />
    </div>
  );
}

function ListValue({ name, list, of }: { name: string; list: readonly Json[]; of: string }): ReactNode {
  const rest = list.at(-1);
  const omitted = isOmitted(rest) ? rest.omitted : 0;
  const entries = omitted === 0 ? list : list.slice(0, -1);
  const simple = entries.every((entry) => !isObject(entry) || typeof entry["hex"] === "string" || isCoin(entry));
  const more = omitted === 0 ? null : <span className="text-muted"> … and {formatCount(omitted)} more</span>;
  if (simple && entries.length <= 12) {
    return (
      <>
        {entries.map((entry, index) => (
          <Fragment key={index}>
            {index === 0 ? null : ", "}
            <DecodedValue name={singular(name)} value={entry} of={of} />
          </Fragment>
        ))}
        {more}
      </>
    );
  }
  return (
    <details>
      <summary>{plural(entries.length + omitted, "entry", "entries")}</summary>
      <ol className="mt-2 grid gap-2">
        {entries.map((entry, index) => (
          <li key={index} className="min-w-0">
            <DecodedValue name={singular(name)} value={entry} of={of} />
          </li>
        ))}
      </ol>
      {more}
    </details>
  );
}

/** Bytes: what they are known to name is linked, others are hex; long ones are folded away. */
function Bytes({ name, hex, size }: { name: string; hex: string; size: number }): ReactNode {
  if (size === 32 && MODEL_FIELDS.has(name)) return <ModelLink id={hex} />;
  if (size === 32 && name === "channel") return <ChannelLink id={hex} />;
  if (hex.length / 2 < size || size > 64) {
    return (
      <details>
        <summary>{formatBytes(size)}</summary>
        <p className="mt-1">
          <Code text={`${hex}${hex.length / 2 < size ? "…" : ""}`} full />
        </p>
      </details>
    );
  }
  return (
    <span className="whitespace-nowrap">
      <Code text={hex} />
      <Copy text={hex} what={nameOfField(name).toLowerCase()} />
    </span>
  );
}

function TextValue({ name, text, of }: { name: string; text: string; of: string }): ReactNode {
  if (ADDRESS.test(text)) return <Address address={text} />;
  if (CONSENSUS_ADDRESS.test(text)) return <Code text={text} />;
  if (isWhole(text)) return <NumberValue name={name} text={text} of={of} />;
  if (COINS.test(text)) return <CoinsText text={text} />;
  if (name === "endpoint" || name === "uri") return <ExternalLink href={text} />;
  return <span className="break-words">{text}</span>;
}

function NumberValue({ name, text, of }: { name: string; text: string; of: string }): ReactNode {
  const ours = of.includes("assay.");
  if (ours && AMOUNT_FIELDS.has(name)) return <Amount amount={text} digits={6} />;
  const number = Number(text);
  if (ours && number > 0) {
    if (name === "service") return <ServiceLink id={number} />;
    if (name === "arena") return <ArenaLink id={number} />;
    if (name === "epoch") return <EpochLink epoch={number} />;
  }
  if (name === "proposal_id") return <TextLink to={`/governance/${text}`}>{text}</TextLink>;
  return <>{BigInt(text) < 10_000n ? text : formatCount(BigInt(text))}</>;
}

/** Events of the SDK write coins as one text: "12uassay,3uother". */
function CoinsText({ text }: { text: string }): ReactNode {
  return text.split(",").map((coin, index) => {
    const [, amount = "0", denom = ""] = /^(\d+)(.+)$/.exec(coin) ?? [];
    return (
      <Fragment key={index}>
        {index === 0 ? null : ", "}
        <Amount amount={amount} denom={denom} digits={6} />
      </Fragment>
    );
  });
}

function ChannelLink({ id }: { id: string }): ReactNode {
  return (
    <TextLink to={`/channels/${id}`} title={id}>
      <Code text={id} />
    </TextLink>
  );
}

const ADDRESS = /^assay(?:valoper)?1[02-9ac-hj-np-z]{38}(?:[02-9ac-hj-np-z]{20})?$/;
const CONSENSUS_ADDRESS = /^assayvalcons1[02-9ac-hj-np-z]{38}$/;
const COINS = /^\d{1,80}[a-z][a-zA-Z0-9/:._-]{2,127}(?:,\d{1,80}[a-z][a-zA-Z0-9/:._-]{2,127}){0,9}$/;
/** Fields of our modules that hold the id of a model. */
const MODEL_FIELDS: ReadonlySet<string> = new Set(["model", "reference", "parent", "opponent", "top", "called"]);
/** Numbers of our modules that are amounts of the chain's own coin. */
const AMOUNT_FIELDS: ReadonlySet<string> = new Set([
  "amount",
  "authors",
  "bond",
  "burned",
  "fee",
  "infer_fee",
  "max_fee",
  "max_per_channel",
  "paid",
  "per_epoch",
  "slashed",
]);

/** "parents" names a list of what "parent" is. */
function singular(name: string): string {
  return name.endsWith("s") ? name.slice(0, -1) : name;
}

function isCoin(value: Json): boolean {
  return isObject(value) && typeof value["denom"] === "string" && isWhole(value["amount"]);
}

function isWhole(value: Json | undefined): value is string {
  return typeof value === "string" && /^-?\d{1,80}$/.test(value);
}

function isEmpty(value: Json): boolean {
  return value === "" || value === null || (Array.isArray(value) && value.length === 0) || (isObject(value) && value["hex"] === "");
}
