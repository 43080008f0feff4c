import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

export const playRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/play",
    component: lazyRouteComponent(() => import("./play.tsx"), "Play"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/play/$service",
    component: lazyRouteComponent(() => import("./play-service.tsx"), "PlayService"),
  }),
];
