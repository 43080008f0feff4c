import type { Amount } from "@assay/client/coins";
import type { BuyerStore } from "@assay/client/market/buyer-store";
import type { TxResult } from "@assay/client/result";
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { z } from "zod";
import type { Network } from "../../../wire/network.ts";
import type { Chain } from "../wallet/client.ts";

/** What a form knows of the world. */
export interface FormContext {
  readonly network: Network;
  readonly chain: Chain;
  /** The account that signs and pays. */
  readonly address: string;
  /** Where the playground keeps the keys of channels in this browser. */
  openStore(): Promise<BuyerStore>;
}

/** What people type or choose, by field. */
export type RawValues = Readonly<Record<string, string>>;

/** One of several values to choose from. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** How a field is filled in. Its value is a text in any case; the form's schema reads it. */
export type Input =
  | { readonly kind: "text"; readonly mono?: boolean; readonly placeholder?: string }
  | { readonly kind: "long-text"; readonly rows?: number }
  /** In display units of the network's own coin. */
  | { readonly kind: "amount" }
  /** Of what the chain has; `none` says what it means that there is nothing. */
  | { readonly kind: "choice"; choices(context: FormContext): Promise<Choice[]>; readonly none: string }
  /** Of few that never change. */
  | { readonly kind: "options"; readonly options: readonly Choice[] }
  /** The text of a file that the user picks. */
  | { readonly kind: "file"; readonly accept: string; readonly maxBytes: number }
  /** One item for the model in the field `model`; the value is its raw bytes in hex. */
  | { readonly kind: "item" };

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly input: Input;
  /** What stands in it at the start. */
  readonly initial?: string;
  /** Whether it matters with these values; always unless said. */
  matters?(values: RawValues): boolean;
}

/** Something to tell at the end, read from the chain or from the transaction's result. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** A page of this explorer that shows more. */
  readonly to?: string;
}

/** What a filled-in form does. */
export interface Plan {
  readonly messages: readonly EncodeObject[];
  /** In plain words, a sentence each: what changes, what it costs beside the fee, how it can be undone. */
  readonly effect: readonly string[];
  /** What the messages take from the account, beside the fee. */
  readonly spends: readonly Amount[];
  /** A reason not to do it. */
  readonly warning?: string;
  /** Runs before the transaction is signed, e.g. to write a key down. */
  before?(): Promise<void>;
  /** Runs when it is certain that the transaction did nothing and never will. */
  undo?(): Promise<void>;
  /** What came of it. */
  outcome(result: TxResult): Promise<readonly Fact[]>;
}

export const GROUPS = ["Coins", "Staking and voting", "Paid answers", "Offering models", "Checking"] as const;

export interface TransactForm {
  /** Last part of the page's address. */
  readonly id: string;
  readonly group: (typeof GROUPS)[number];
  readonly title: string;
  /** One sentence: what it does. */
  readonly lead: string;
  /** What the button says that goes to the review. */
  readonly action: string;
  readonly fields: readonly Field[];
  schema(context: FormContext): z.ZodType<object, RawValues>;
  /**
   * Turns values that the schema has read into messages. Asks the chain where it must; throws {@link FieldError} for what
   * only the chain could tell.
   */
  plan(values: object, context: FormContext): Promise<Plan>;
}

/** The chain's state makes a field's value useless. */
export class FieldError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Declares a form; keeps the type of its values between schema and plan, and forgets it outside. */
export function defineForm<Schema extends z.ZodType<object, RawValues>>(
  form: Omit<TransactForm, "schema" | "plan"> & {
    schema(context: FormContext): Schema;
    plan(values: z.output<Schema>, context: FormContext): Promise<Plan>;
  },
): TransactForm {
  return { ...form, plan: (values, context) => form.plan(values as z.output<Schema>, context) };
}

/** What stands in the fields at the start, with what the page's address says; everything else in it is ignored. */
export function initialValues(form: TransactForm, query: Readonly<Record<string, unknown>>): RawValues {
  const entries = form.fields.map(({ name, initial = "" }) => {
    const given = query[name];
    return [name, typeof given === "string" && given.length <= MAX_PREFILL ? given.trim() : initial];
  });
  return Object.fromEntries(entries) as RawValues;
}

/** Longest value that an address may bring. */
const MAX_PREFILL = 512;
