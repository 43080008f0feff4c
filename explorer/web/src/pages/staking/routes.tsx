import type { AnyRoute } from "@tanstack/react-router";

export const stakingRoutes = (_root: AnyRoute): AnyRoute[] => [];
