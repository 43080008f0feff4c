import type { AnyRoute } from "@tanstack/react-router";

export const playRoutes = (_root: AnyRoute): AnyRoute[] => [];
