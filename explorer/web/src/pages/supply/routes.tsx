import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

/** Coins made, destroyed and held. */
export const supplyRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/supply",
    component: lazyRouteComponent(() => import("./supply.tsx"), "Supply"),
  }),
];
