import type { AnyRoute } from "@tanstack/react-router";

export const governanceRoutes = (_root: AnyRoute): AnyRoute[] => [];
