import type { AnyRoute } from "@tanstack/react-router";

export const searchRoutes = (_root: AnyRoute): AnyRoute[] => [];
