import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

/** Blocks, transactions and accounts. */
export const chainRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/blocks",
    component: lazyRouteComponent(() => import("./blocks.tsx"), "Blocks"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/blocks/$height",
    component: lazyRouteComponent(() => import("./block.tsx"), "Block"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/txs",
    component: lazyRouteComponent(() => import("./txs.tsx"), "Txs"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/txs/$hash",
    component: lazyRouteComponent(() => import("./tx.tsx"), "Tx"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/accounts/$address",
    component: lazyRouteComponent(() => import("./account.tsx"), "Account"),
  }),
];
