import type { z } from "zod";

/**
 * One GET of the REST API, as the api serves it, the OpenAPI document lists it and the page asks it. `{name}` in a
 * path is a field of `params`.
 */
export interface RouteSpec<
  Path extends string = string,
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly path: Path;
  /** Groups routes in the OpenAPI document. */
  readonly tag: string;
  readonly summary: string;
  readonly params: Params;
  readonly query: Query;
  readonly answer: Answer;
}

/** Declares a route; only keeps its types narrow. */
export function defineRoute<
  const Path extends string,
  Params extends z.ZodType,
  Query extends z.ZodType,
  Answer extends z.ZodType,
>(spec: RouteSpec<Path, Params, Query, Answer>): RouteSpec<Path, Params, Query, Answer> {
  return spec;
}

/** What the page gets from a route. */
export type AnswerOf<Spec extends RouteSpec> = z.output<Spec["answer"]>;
/** What the page may ask, before defaults. */
export type QueryOf<Spec extends RouteSpec> = z.input<Spec["query"]>;
export type ParamsOf<Spec extends RouteSpec> = z.input<Spec["params"]>;
