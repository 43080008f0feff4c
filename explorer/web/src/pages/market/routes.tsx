import type { AnyRoute } from "@tanstack/react-router";

export const marketRoutes = (_root: AnyRoute): AnyRoute[] => [];
