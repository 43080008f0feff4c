import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

export const transactRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/transact",
    component: lazyRouteComponent(() => import("./transact.tsx"), "Transact"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/transact/$form",
    component: lazyRouteComponent(() => import("./form.tsx"), "Form"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/faucet",
    component: lazyRouteComponent(() => import("./faucet.tsx"), "Faucet"),
  }),
];
