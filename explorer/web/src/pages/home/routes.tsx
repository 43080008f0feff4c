import { createRoute, type AnyRoute } from "@tanstack/react-router";
import { Home } from "./home.tsx";

export const homeRoutes = (root: AnyRoute): AnyRoute[] => [
  createRoute({
    getParentRoute: () => root,
    path: "/",
    // Not lazy: most visits start here.
    component: Home,
  }),
];
