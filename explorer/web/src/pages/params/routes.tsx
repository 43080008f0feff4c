import type { AnyRoute } from "@tanstack/react-router";

export const paramsRoutes = (_root: AnyRoute): AnyRoute[] => [];
