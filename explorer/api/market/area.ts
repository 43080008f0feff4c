import type { Area } from "../area.ts";
import { createMarketTables } from "./create.ts";
import { indexMarket } from "./index.ts";
import { marketRoutes } from "./routes.ts";

/** Services, channels, claims, probes, and what is paid and burned. */
export const marketArea: Area = {
  name: "market",
  tables: [
    "market_service",
    "market_service_event",
    "market_channel",
    "market_channel_event",
    "market_probe",
    "market_total",
  ],
  create: createMarketTables,
  index: indexMarket,
  routes: marketRoutes,
};
