import Table from "cli-table3";

/** Where a command reads and writes. The process's own streams, or a test's. */
export interface Io {
  /** Results. */
  out(text: string): void;
  /** Progress, questions and errors. */
  err(text: string): void;
  /** Whether results go to a terminal, where they may be redrawn. */
  readonly outIsTty: boolean;
  /** Whether progress goes to a terminal. */
  readonly errIsTty: boolean;
  /** Whether somebody is there to answer. */
  readonly inIsTty: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
  /** Asks a question and returns the line typed. */
  ask(question: string, signal: AbortSignal): Promise<string>;
  /** Everything on standard input, at most `limit` bytes. Throws UsageError when it is longer. */
  readInput(limit: number): Promise<string>;
}

/** JSON of anything a command returns: bigint as a decimal string, bytes as lower-case hex. */
export function toJson(value: unknown, indent = 2): string {
  return JSON.stringify(plain(value), null, indent);
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  }
  return value;
}

export type Cell = string | number | bigint;

/** A column: its title, with ">" in front when its cells are numbers to be aligned on the right. */
type Title = string;

/** Texts come from strangers: what would move the cursor or turn the direction of writing is made visible instead. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/** A table with lines. `footer` rows follow after a rule, for sums. */
export function table(
  titles: readonly Title[],
  rows: readonly (readonly Cell[])[],
  footer: readonly (readonly Cell[])[] = [],
): string {
  const made = new Table({
    head: titles.map((title) => title.replace(/^>/, "")),
    colAligns: titles.map((title) => (title.startsWith(">") ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  made.push(...[...rows, ...footer].map(textRow));
  const lines = made.toString().split("\n");
  return (footer.length === 0 ? lines : withRule(lines, footer.length)).join("\n");
}

function textRow(row: readonly Cell[]): string[] {
  return row.map((cell) => printable(String(cell)));
}

/** Repeats the rule under the titles above the last `footer` rows. */
function withRule(lines: string[], footer: number): string[] {
  const rule = lines[2];
  if (rule === undefined) return lines;
  const at = lines.length - 1 - footer;
  return [...lines.slice(0, at), rule, ...lines.slice(at)];
}

/** "name  value" lines, the values in one column; entries whose value is undefined are left out. */
export function facts(entries: readonly (readonly [string, Cell | undefined])[]): string {
  const given = entries.filter(([, value]) => value !== undefined);
  const width = Math.max(...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value))}`).join("\n");
}

/** Parts of an answer with an empty line between them; empty parts are left out. */
export function sections(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
