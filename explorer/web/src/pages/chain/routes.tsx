import type { AnyRoute } from "@tanstack/react-router";

export const chainRoutes = (_root: AnyRoute): AnyRoute[] => [];
