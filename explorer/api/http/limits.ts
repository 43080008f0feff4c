import type { Request, RequestHandler } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import { HttpError } from "./errors.ts";

/** Prefix of IPv6 addresses that counts as one visitor: what a provider hands to one home. */
const IPV6_PREFIX = 56;

/** Names the visitor for budgets: the IPv4 address, or the /56 of an IPv6 one. */
export function prefixOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? "", IPV6_PREFIX);
}

export interface Budget {
  /** Shown in the RateLimit headers. */
  name: string;
  /** Requests of one visitor per minute. */
  perMinute: number;
  /** Asked of a visitor who is over it, e.g. "Ask less often". */
  advice: string;
}

/** Refuses visitors over their budget with 429, and says in RateLimit headers how much is left. */
export function limitRate({ name, perMinute, advice }: Budget): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    identifier: name,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    keyGenerator: prefixOf,
    // They look for mistakes in our settings, and would write to the console what strangers make them find.
    validate: false,
    handler: (_request, response) => {
      const seconds = response.getHeader("retry-after") ?? 60;
      throw new HttpError(429, `Too many requests. ${advice}; try again in ${String(seconds)} s.`);
    },
  });
}
