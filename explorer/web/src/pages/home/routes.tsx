import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

export const homeRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/",
    component: lazyRouteComponent(() => import("./home.tsx"), "Home"),
  }),
];
