import type { Kysely } from "kysely";
import type { z } from "zod";
import type { RouteSpec } from "../../wire/route.ts";
import type { Database } from "../db/schema.ts";
import type { Decoder } from "../index/decode.ts";
import type { NodeState } from "../node/state.ts";
import { HttpError } from "./errors.ts";

/** What handlers of routes may use. */
export interface ApiContext {
  db: Kysely<Database>;
  node: NodeState;
  decoder: Decoder;
}

/**
 * How long an answer holds, for caches: `head` until the next block, `forever` for what no later block can change.
 */
export type Freshness = "head" | "forever";

export interface Route {
  readonly spec: RouteSpec;
  readonly freshness: Freshness;
  /** Parses the request with the spec's schemas, runs the handler. Throws HttpError, 400 for what it cannot parse. */
  handle(context: ApiContext, params: unknown, query: unknown): Promise<unknown>;
}

/** Binds a handler to a route's spec. */
export function serve<Spec extends RouteSpec>(
  spec: Spec,
  handler: (
    context: ApiContext,
    request: { params: z.output<Spec["params"]>; query: z.output<Spec["query"]> },
  ) => Promise<z.output<Spec["answer"]>>,
  freshness: Freshness = "head",
): Route {
  return {
    spec,
    freshness,
    handle: (context, params, query) =>
      handler(context, {
        params: parseRequest(spec.params as Spec["params"], params),
        query: parseRequest(spec.query as Spec["query"], query),
      }),
  };
}

/** What a visitor sent, parsed. Throws HttpError 400 that names the field. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  throw new HttpError(400, `${field === "" ? "request" : field}: ${issue?.message ?? "is not valid"}`);
}
