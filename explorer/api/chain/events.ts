import { MalformedResponseError } from "@assay/client/errors";
import { decodeEvent } from "@assay/client/events";
import type { ChainEvent as ShownEvent } from "../../wire/chain.ts";
import { hex } from "../hex.ts";
import type { ChainEvent } from "../index/block.ts";
import type { Json } from "../index/decode.ts";
import { cleanText } from "../text.ts";
import type { Shortener } from "./shown.ts";

const TYPE_LENGTH = 200;
/** What the SDK adds to every event: which message of the transaction caused it, and when in a block. */
const MESSAGE_INDEX = "msg_index";
const OF_SDK: ReadonlySet<string> = new Set([MESSAGE_INDEX, "mode"]);

/** Events as they are sent: those of our modules decoded, other typed ones parsed, everything cleaned. */
export function shownEvent(event: ChainEvent, shortener: Shortener): ShownEvent {
  return {
    type: cleanText(event.type, TYPE_LENGTH),
    attributes: valuesOf(event).map(({ key, value }) => ({
      key: cleanText(key, TYPE_LENGTH),
      value: shortener.shorten(value),
    })),
  };
}

/** The top-level message that caused an event of a transaction, null for none. */
export function messageIndexOf(event: ChainEvent): number | null {
  const index = event.attributes.find(({ key }) => key === MESSAGE_INDEX)?.value;
  return index !== undefined && /^\d{1,6}$/.test(index) ? Number(index) : null;
}

function valuesOf(event: ChainEvent): { key: string; value: Json }[] {
  const ours = oursOf(event);
  if (ours !== undefined) return ours;
  // Typed events have the dotted name of a protobuf message and JSON in their attributes.
  const typed = event.type.includes(".");
  return event.attributes
    .filter(({ key }) => !OF_SDK.has(key))
    .map(({ key, value }) => ({ key, value: typed ? parsed(value) : value }));
}

/** Fields of an event of our modules, by their proto names; undefined for others, and for those of other versions. */
function oursOf(event: ChainEvent): { key: string; value: Json }[] | undefined {
  try {
    const value: Record<string, unknown> | undefined = decodeEvent(event)?.value as Record<string, unknown> | undefined;
    return (
      value &&
      event.attributes
        .filter(({ key }) => !OF_SDK.has(key))
        .map((raw) => ({ key: raw.key, value: asJson(value[camelCase(raw.key)], parsed(raw.value)) }))
    );
  } catch (error) {
    if (error instanceof MalformedResponseError) return undefined;
    throw error;
  }
}

function parsed(value: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

/**
 * JSON of what a generated codec decoded, in the conventions of `Decoder`.
 *
 * @param written the chain's JSON of it, which has the names of enums where the codec has numbers.
 */
function asJson(value: unknown, written: Json | undefined): Json {
  if (value instanceof Uint8Array) return { hex: hex(value) };
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return typeof written === "string" ? written : value;
  if (Array.isArray(value)) return value.map((entry, i) => asJson(entry, partOf(written, i)));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => {
        const name = snakeCase(key);
        return [name, asJson(entry, partOf(written, name))];
      }),
    );
  }
  return value === undefined ? null : (value as Json);
}

function partOf(json: Json | undefined, key: string | number): Json | undefined {
  return typeof json === "object" && json !== null ? (json as Record<string | number, Json>)[key] : undefined;
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
