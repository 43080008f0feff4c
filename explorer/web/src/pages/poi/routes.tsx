import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

/** Arenas and the models that compete in them. */
export const poiRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/arenas",
    component: lazyRouteComponent(() => import("./arenas.tsx"), "Arenas"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/arenas/$arena",
    component: lazyRouteComponent(() => import("./arena.tsx"), "Arena"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/models",
    component: lazyRouteComponent(() => import("./models.tsx"), "Models"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/models/$model",
    component: lazyRouteComponent(() => import("./model.tsx"), "Model"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/compare",
    component: lazyRouteComponent(() => import("./compare.tsx"), "Compare"),
  }),
];
