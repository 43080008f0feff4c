import { formatBytes, formatCount, formatDuration, formatPercent, plural } from "../../components/format.ts";
import type { Param, Unit } from "../../../../wire/staking.ts";

/** A parameter's value as people read it; the exact one belongs into a title. Amounts are left to `Amount`. */
export function formatParam(value: Param["value"], unit: Unit): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null || value === "") return "none";
  if (typeof value === "number" || typeof value === "string") return formatText(String(value), unit);
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(formatEntry).join("; ");
  return formatEntry(value);
}

function formatText(text: string, unit: Unit): string {
  if (unit === "seconds") return formatSeconds(text);
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) return text;
  switch (unit) {
    case "fraction":
      return formatPercent(number);
    case "bps":
      return formatPercent(number / 10_000);
    case "q16":
      return `${number / 65_536} bits`;
    case "bytes":
      return number < 0 ? "no limit" : formatBytes(number);
    case "gas":
      return number < 0 ? "no limit" : `${formatCount(number)} gas`;
    case "macs":
      return `${formatCount(number)} MACs`;
    case "blocks":
      return plural(number, "block");
    case "epochs":
      return plural(number, "epoch");
    case "items":
      return plural(number, "item");
    case "uassay":
    case "none":
      return /^-?\d+$/.test(text) ? formatCount(BigInt(text)) : text;
  }
}

/** Durations come as "90s". */
function formatSeconds(text: string): string {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text)?.[1];
  return seconds === undefined ? text : formatDuration(Number(seconds));
}

/** One of several values, such as a coin. */
function formatEntry(value: Param["value"]): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return formatParam(value, "none");
  const { denom, amount } = value;
  if (typeof denom === "string" && typeof amount === "string")
    return `${formatParam(amount, "none")} ${denom}`;
  return Object.entries(value)
    .map(([name, entry]) => `${name.replaceAll("_", " ")} ${formatParam(entry, "none")}`)
    .join(", ");
}
