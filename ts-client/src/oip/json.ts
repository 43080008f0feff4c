import { OipError } from "./errors.ts";
import { MAX_TEXT } from "./limits.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Parses an object of at most `maxBytes` and `maxDepth`. Throws {@link OipError}. */
export function parseObject(bytes: Uint8Array, maxBytes: number, maxDepth: number): JsonObject {
  if (bytes.length > maxBytes)
    throw new OipError("too_large", `the JSON has ${bytes.length} bytes, at most ${maxBytes} are read`);
  checkDepth(bytes, maxDepth);
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    throw new OipError("malformed", `the JSON is malformed: ${(error as Error).message}`, error);
  }
  return objectOf(value, "the message");
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** "[" and "{", and "]" and "}", differ in this bit only. */
const CURLY = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Counts brackets outside strings, so that the parser never sees what is nested deeper. */
function checkDepth(bytes: Uint8Array, maxDepth: number): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) inString = !inString;
    else if (inString) {
      if (byte === BACKSLASH) i++;
    } else if ((byte | CURLY) === OPEN) {
      if (++depth > maxDepth)
        throw new OipError("too_deep", `the JSON is nested deeper than ${maxDepth} levels`);
    } else if ((byte | CURLY) === CLOSE) depth--;
  }
}

export function objectOf(value: unknown, what: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new OipError("malformed", `${what} is not an object`);
  return value as JsonObject;
}

/** `undefined` stays undefined: the field is optional. */
export function optionalObject(value: unknown, what: string): JsonObject {
  return value === undefined ? {} : objectOf(value, what);
}

/** An array of 1 to `max` entries. */
export function listOf(value: unknown, what: string, max: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new OipError("malformed", `${what} is not an array with entries`);
  if (value.length > max)
    throw new OipError("too_large", `${what} has ${value.length} entries, at most ${max} are read`);
  return value;
}

/** A text of 1 to {@link MAX_TEXT} characters. */
export function textOf(value: unknown, what: string): string {
  if (typeof value !== "string" || value.length === 0 || value.length > MAX_TEXT)
    throw new OipError("malformed", `${what} is not a text of 1 to ${MAX_TEXT} characters`);
  return value;
}

export function optionalText(value: unknown, what: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.length > MAX_TEXT)
    throw new OipError("malformed", `${what} is not a text of at most ${MAX_TEXT} characters`);
  return value;
}

export function optionalFlag(value: unknown, what: string): boolean | undefined {
  if (value !== undefined && typeof value !== "boolean")
    throw new OipError("malformed", `${what} is neither true nor false`);
  return value;
}
