import type { AnyRoute } from "@tanstack/react-router";

export const transactRoutes = (_root: AnyRoute): AnyRoute[] => [];
