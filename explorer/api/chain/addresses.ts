import type { DecodedTx } from "../index/block.ts";

// Accounts are 20 bytes long, those that modules derive 32: so many letters follow "assay1".
const IN_TEXT = /(?<![0-9a-z])assay1[02-9ac-hj-np-z]{38}(?:[02-9ac-hj-np-z]{20})?(?![0-9a-z])/g;
const START = "assay1";
const LENGTHS: ReadonlySet<number> = new Set([44, 64]);

/**
 * Every account that signed a transaction, or that a field of a message (nested ones too) or an attribute of an event
 * names. Messages are not decoded for it: in protobuf an address is a string field, its length in the byte before it,
 * so that a search through the bytes finds all of them, of types nobody knows too. Free text that mentions an address
 * does not count. Checksums are not verified: a made-up address costs its sender a fee and is no account's.
 */
export function namedAccounts(tx: DecodedTx): Set<string> {
  const found = new Set<string>(tx.signers);
  for (const { path, value } of tx.messages) {
    // Nested messages are part of the bytes of the one around them.
    if (!path.includes(".")) scanFields(value, found);
  }
  for (const { attributes } of tx.events) {
    for (const { value } of attributes) {
      // Most name one that is found already.
      if (value.includes(START) && !found.has(value)) scanText(value, found);
    }
  }
  return found;
}

function scanFields(value: Uint8Array, found: Set<string>): void {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  for (let at = bytes.indexOf(START, 1); at > 0; at = bytes.indexOf(START, at + START.length)) {
    const length = bytes[at - 1] ?? 0;
    if (LENGTHS.has(length) && at + length <= bytes.length) {
      scanText(bytes.toString("latin1", at, at + length), found);
    }
  }
}

function scanText(text: string, found: Set<string>): void {
  for (const [address] of text.matchAll(IN_TEXT)) found.add(address);
}
