import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

/** Services and the channels that pay for them. */
export const marketRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/services",
    component: lazyRouteComponent(() => import("./services.tsx"), "Services"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/services/$service",
    component: lazyRouteComponent(() => import("./service.tsx"), "ServicePage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/channels",
    component: lazyRouteComponent(() => import("./channels.tsx"), "Channels"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/channels/$channel",
    component: lazyRouteComponent(() => import("./channel.tsx"), "ChannelPage"),
  }),
];
