import { createRootRoute, createRouter, type AnyRoute } from "@tanstack/react-router";
import { chainRoutes } from "../pages/chain/routes.tsx";
import { epochsRoutes } from "../pages/epochs/routes.tsx";
import { governanceRoutes } from "../pages/governance/routes.tsx";
import { homeRoutes } from "../pages/home/routes.tsx";
import { marketRoutes } from "../pages/market/routes.tsx";
import { paramsRoutes } from "../pages/params/routes.tsx";
import { playRoutes } from "../pages/play/routes.tsx";
import { poiRoutes } from "../pages/poi/routes.tsx";
import { searchRoutes } from "../pages/search/routes.tsx";
import { stakingRoutes } from "../pages/staking/routes.tsx";
import { supplyRoutes } from "../pages/supply/routes.tsx";
import { transactRoutes } from "../pages/transact/routes.tsx";
import { NotFound } from "./not-found.tsx";
import { PageFailed } from "./page-failed.tsx";
import { Shell } from "./shell.tsx";

const root: AnyRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

root.addChildren(
  [
    homeRoutes,
    searchRoutes,
    chainRoutes,
    stakingRoutes,
    governanceRoutes,
    paramsRoutes,
    supplyRoutes,
    poiRoutes,
    epochsRoutes,
    marketRoutes,
    playRoutes,
    transactRoutes,
  ].flatMap((routes) => routes(root)),
);

/** Every page by its address. Values of the query are plain text, as the reader typed them. */
export const router = createRouter({
  routeTree: root,
  defaultErrorComponent: PageFailed,
  defaultPreload: "intent",
  scrollRestoration: true,
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(search)) if (typeof value === "string") query.set(name, value);
    return query.size === 0 ? "" : `?${query}`;
  },
});
