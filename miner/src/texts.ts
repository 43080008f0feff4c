import { z } from "zod";

/** Control characters and those that change the direction of writing: the chain refuses them. */
const FORBIDDEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** One line of 1 to `limit` bytes, as the chain takes names and licences. */
export function line(limit: number) {
  return z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= limit, `expected at most ${limit} bytes`)
    .refine((text) => !FORBIDDEN.test(text), "control characters are not allowed");
}

/** Text of at most `limit` bytes, as the chain takes model cards. */
export function lines(limit: number) {
  return z
    .string()
    .refine((text) => Buffer.byteLength(text) <= limit, `expected at most ${limit} bytes`)
    .refine((text) => !FORBIDDEN.test(text.replace(/[\n\t]/g, "")), "control characters are not allowed");
}
