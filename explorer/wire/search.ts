import { z } from "zod";
import { none } from "./common.ts";
import { defineRoute } from "./route.ts";

/** What can be found. Its `id` is what the address of its page ends in; of sponsors `arena/address`. */
export const found = z.object({
  kind: z.enum([
    "block",
    "tx",
    "account",
    "validator",
    "scorer",
    "sponsor",
    "model",
    "service",
    "arena",
    "epoch",
    "channel",
  ]),
  id: z.string(),
  /** Empty when it has none. */
  name: z.string(),
  /** A few words that tell it from others of its name. */
  detail: z.string(),
});
export type Found = z.output<typeof found>;

export const getSearch = defineRoute({
  path: "/api/search",
  tag: "search",
  summary: "Finds blocks, transactions, addresses, models, services, arenas and epochs",
  params: none,
  query: z.object({
    q: z
      .string()
      .max(200)
      .meta({ description: "A height, a hash or its beginning, an address, an id or a part of a name." }),
  }),
  answer: z.object({ items: z.array(found).meta({ description: "Best first, at most 30." }) }),
});
