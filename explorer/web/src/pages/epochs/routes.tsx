import type { AnyRoute } from "@tanstack/react-router";

export const epochsRoutes = (_root: AnyRoute): AnyRoute[] => [];
