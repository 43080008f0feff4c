import { fromBech32 } from "@cosmjs/encoding";
import { UsageError } from "./errors.ts";

const PREFIX = "assay";

/** Throws UsageError unless the text is an account of this chain; the checksum finds mistyped ones. */
export function checkAddress(what: string, text: string): string {
  let prefix: string;
  try {
    ({ prefix } = fromBech32(text));
  } catch (error) {
    throw new UsageError(`${what} "${text}" is no address, or was mistyped`, { cause: error });
  }
  if (prefix === PREFIX) return text;
  throw new UsageError(`${what} "${text}" is of another chain: addresses here start with "${PREFIX}1"`);
}
