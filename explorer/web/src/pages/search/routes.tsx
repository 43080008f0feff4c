import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

export const searchRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/search",
    component: lazyRouteComponent(() => import("./search.tsx"), "SearchPage"),
  }),
];
