/** Numbers, amounts and names as people read them. Pure; nothing here knows React. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function formatCount(value: number): string {
  return WHOLE.format(value);
}

/** 81.2K */
export function formatCompact(value: number): string {
  return COMPACT.format(value);
}

/** A fraction of 1 as a percentage: two decimals near its ends, where they tell models apart, else one. */
export function formatPercent(fraction: number): string {
  const percent = fraction * 100;
  if (percent > 0 && percent < 0.005) return "< 0.01 %";
  const nearAnEnd = percent < 10 || percent > 90;
  return `${percent.toFixed(nearAnEnd ? 2 : 1)} %`;
}

/** Without needless digits, for the marks of an axis. */
export function formatTick(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(2))} %`;
}

const DECIMALS = 6;

/** uassay as ASSAY, grouped, with at most `digits` decimals, rounded down. */
export function formatAmount(uassay: string, digits = 2): string {
  const value = BigInt(uassay);
  const unit = 10n ** BigInt(DECIMALS);
  const whole = (value / unit).toLocaleString("en");
  const rest = (value % unit).toString().padStart(DECIMALS, "0").slice(0, digits).replace(/0+$/, "");
  // An amount that is not zero must not look like it.
  if (value > 0n && value < unit && rest === "") return `< 0.${"1".padStart(digits, "0")}`;
  return rest === "" ? whole : `${whole}.${rest}`;
}

/** part / whole as a fraction; 0 of nothing. */
export function share(part: string, whole: string): number {
  const total = BigInt(whole);
  return total === 0n ? 0 : Number((BigInt(part) * 1_000_000n) / total) / 1_000_000;
}

export function formatBits(bits: number): string {
  return `${bits.toFixed(2)} bit${bits === 1 ? "" : "s"}`;
}

/** assay1qypq…9fzk */
export function shortAddress(address: string): string {
  return address.length <= 16 ? address : `${address.slice(0, 10)}…${address.slice(-4)}`;
}

export function shortId(hex: string): string {
  return hex.slice(0, 8);
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
export function plural(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

/** Time of day in the reader's zone. */
export function formatClockTime(iso: string): string {
  return CLOCK.format(new Date(iso));
}

/** Date and time in the reader's zone, with the zone's name. */
export function formatFullTime(iso: string): string {
  return FULL.format(new Date(iso));
}
