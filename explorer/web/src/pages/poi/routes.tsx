import type { AnyRoute } from "@tanstack/react-router";

export const poiRoutes = (_root: AnyRoute): AnyRoute[] => [];
