import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

/** Validators. */
export const stakingRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/validators",
    component: lazyRouteComponent(() => import("./validators.tsx"), "Validators"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/validators/$address",
    component: lazyRouteComponent(() => import("./validator.tsx"), "Validator"),
  }),
];
