import { createRoute, lazyRouteComponent, type AnyRoute } from "@tanstack/react-router";

/** Epochs down to the single answer, and who scored and sponsored them. */
export const epochsRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/epochs",
    component: lazyRouteComponent(() => import("./epochs.tsx"), "Epochs"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/epochs/$epoch",
    component: lazyRouteComponent(() => import("./epoch.tsx"), "Epoch"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/epochs/$epoch/slots/$slot",
    component: lazyRouteComponent(() => import("./slot.tsx"), "Slot"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/epochs/$epoch/slots/$slot/$model",
    component: lazyRouteComponent(() => import("./row.tsx"), "Row"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/convictions",
    component: lazyRouteComponent(() => import("./convictions.tsx"), "Convictions"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/scorers",
    component: lazyRouteComponent(() => import("./scorers.tsx"), "Scorers"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/scorers/$address",
    component: lazyRouteComponent(() => import("./scorer.tsx"), "Scorer"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sponsors",
    component: lazyRouteComponent(() => import("./sponsors.tsx"), "Sponsors"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sponsors/$arena/$address",
    component: lazyRouteComponent(() => import("./sponsor.tsx"), "Sponsor"),
  }),
];
