import { Router } from "express";
import { sendJson } from "./etag.ts";
import type { ApiContext, Route } from "./route.ts";

export interface RoutesOptions {
  /** Refuses to answer what is not of the route's schema: for tests, as it costs about as much as the answer. */
  checkAnswers?: boolean;
}

/** Serves routes as their specs say. */
export function serveRoutes(
  routes: readonly Route[],
  context: ApiContext,
  { checkAnswers = false }: RoutesOptions = {},
): Router {
  const router = Router({ caseSensitive: true });
  for (const route of routes) {
    router.get(expressPath(route.spec.path), async (request, response) => {
      const answer = await route.handle(context, request.params, request.query);
      if (checkAnswers) route.spec.answer.parse(answer);
      await sendJson(request, response, answer, route.freshness);
    });
  }
  return router;
}

/** "/api/blocks/{height}" as express writes it. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}
