/** JSON of a decoded message: objects and lists of strings, numbers (up to 32 bits), booleans; bytes are `{hex}`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Decodes any message of the chain, by the descriptors the node itself gave. */
export interface Decoder {
  /**
   * The fields of a message by their proto names, nested `Any`s decoded as `{"@type": typeUrl, …}`; undefined for a
   * type nobody described or bytes that are not of it.
   */
  decode(typeUrl: string, bytes: Uint8Array): Json | undefined;
}
