import type { Json } from "../../../../wire/chain.ts";

/** Reads fields of decoded messages and events. A field that is missing or of another kind is empty: nothing here throws. */
export class Fields {
  readonly #json: Json | null | undefined;

  constructor(json: Json | null | undefined) {
    this.#json = json;
  }

  #at(name: string): Json | undefined {
    const json = this.#json;
    return isObject(json) ? json[name] : undefined;
  }

  /** A text, or a number as text. */
  text(name: string): string {
    const value = this.#at(name);
    return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  }

  /** A whole number, 0 when it is none. */
  count(name: string): number {
    const text = this.text(name);
    return /^-?\d{1,15}$/.test(text) ? Number(text) : 0;
  }

  /** An amount in base units, "0" when it is none. */
  amount(name: string): string {
    const text = this.text(name);
    return /^-?\d{1,80}$/.test(text) ? text : "0";
  }

  flag(name: string): boolean {
    return this.#at(name) === true;
  }

  /** Hex of a bytes field; its beginning, if it is a long one. */
  hex(name: string): string {
    const value = this.#at(name);
    return isObject(value) && typeof value["hex"] === "string" ? value["hex"] : "";
  }

  /** Size of a bytes field. */
  size(name: string): number {
    const value = this.#at(name);
    if (!isObject(value)) return 0;
    return typeof value["size"] === "number" ? value["size"] : this.hex(name).length / 2;
  }

  fields(name: string): Fields {
    return new Fields(this.#at(name));
  }

  /** Entries of a list as far as they are given. */
  list(name: string): Fields[] {
    const value = this.#at(name);
    return Array.isArray(value) ? value.filter((entry) => !isOmitted(entry)).map((entry) => new Fields(entry)) : [];
  }

  /** How many entries a list has, those that are not given too. */
  length(name: string): number {
    const value = this.#at(name);
    if (!Array.isArray(value)) return 0;
    const last = value.at(-1);
    return isOmitted(last) ? value.length - 1 + last.omitted : value.length;
  }

  coin(name: string): { denom: string; amount: string } {
    const coin = this.fields(name);
    return { denom: coin.text("denom"), amount: coin.amount("amount") };
  }

  coins(name: string): { denom: string; amount: string }[] {
    return this.list(name).map((coin) => ({ denom: coin.text("denom"), amount: coin.amount("amount") }));
  }
}

export function isObject(json: Json | null | undefined): json is { [key: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** The mark at the end of a list that was cut. */
export function isOmitted(json: Json | undefined): json is { omitted: number } {
  return isObject(json) && typeof json["omitted"] === "number" && Object.keys(json).length === 1;
}
