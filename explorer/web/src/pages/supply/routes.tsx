import type { AnyRoute } from "@tanstack/react-router";

export const supplyRoutes = (_root: AnyRoute): AnyRoute[] => [];
