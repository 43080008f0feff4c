import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

/** Proposals. */
export const governanceRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/governance",
    component: lazyRouteComponent(() => import("./proposals.tsx"), "Proposals"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/governance/$proposal",
    component: lazyRouteComponent(() => import("./proposal.tsx"), "Proposal"),
  }),
];
