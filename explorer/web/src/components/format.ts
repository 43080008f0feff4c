/** Numbers, amounts and names as people read them. Pure; nothing here knows React. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** 81,204 */
export function formatCount(value: number | bigint): string {
  return WHOLE.format(value);
}

/** 81.2K */
export function formatCompact(value: number): string {
  return COMPACT.format(value);
}

/** A fraction of 1 as a percentage: two decimals near its ends, where they tell models apart, else one. */
export function formatPercent(fraction: number): string {
  const percent = fraction * 100;
  if (percent > 0 && percent < 0.005) return "< 0.01\u00a0%";
  const nearAnEnd = percent < 10 || percent > 90;
  return `${percent.toFixed(nearAnEnd ? 2 : 1)}\u00a0%`;
}

/**
 * Base units as the display unit, grouped, with at most `digits` decimals, rounded towards zero; an amount that is not
 * zero never looks like it.
 *
 * @param exponent decimals of the display unit, e.g. 6 for uassay and ASSAY.
 */
export function formatAmount(base: string, digits = 2, exponent = 6): string {
  const value = BigInt(base);
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? "−" : "";
  const unit = 10n ** BigInt(exponent);
  const whole = (size / unit).toLocaleString("en");
  const rest =
    exponent === 0
      ? ""
      : (size % unit).toString().padStart(exponent, "0").slice(0, digits).replace(/0+$/, "");
  if (size > 0n && size < unit && rest === "") return `< ${sign}0.${"1".padStart(digits, "0")}`;
  return rest === "" ? sign + whole : `${sign}${whole}.${rest}`;
}

/** part / whole as a fraction, to a millionth; 0 of nothing. */
export function share(part: string, whole: string): number {
  const total = BigInt(whole);
  return total === 0n ? 0 : Number((BigInt(part) * 1_000_000n) / total) / 1_000_000;
}

/** Keeps the first and last characters: assay1qypq…9fzk */
export function shorten(text: string, head = 10, tail = 6): string {
  return text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;
}

/** 42 s, 3 min, 2 h, 5 d */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  if (whole < 5_400) return `${Math.round(whole / 60)} min`;
  if (whole < 129_600) return `${Math.round(whole / 3_600)} h`;
  return `${Math.round(whole / 86_400)} d`;
}

/** "1 block", "2 blocks" */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(value)} ${value === 1 ? noun : nouns}`;
}

/** 12.3 kB */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

/** Time of day in the reader's zone. */
export function formatClockTime(iso: string): string {
  return CLOCK.format(new Date(iso));
}

/** Date and time in the reader's zone. */
export function formatDateTime(iso: string): string {
  return DATE_TIME.format(new Date(iso));
}

/** Date and time in the reader's zone with the zone's name, and the same in UTC. */
export function formatFullTime(iso: string): string {
  return `${FULL.format(new Date(iso))} · ${new Date(iso)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "")} UTC`;
}
