import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

/** The rules. */
export const paramsRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/params",
    component: lazyRouteComponent(() => import("./params.tsx"), "Params"),
  }),
];
