import { addressBytes } from "@assay/client/address";
import { UsageError } from "./errors.ts";

const FORM = /^assay1[^1]+$/;

/** Throws UsageError unless the text is an account of this chain; the checksum finds mistyped ones. */
export function checkAddress(what: string, text: string): string {
  if (!FORM.test(text))
    throw new UsageError(`${what} "${text}" is no address of this chain: they start with assay1`);
  try {
    addressBytes(text);
  } catch {
    // The decoder's own words would tell nobody more.
    throw new UsageError(`${what} "${text}" is no address: a letter of it must be wrong`);
  }
  return text;
}
