import type { Area } from "../area.ts";
import { searchRoutes } from "./routes.ts";

/** Finds what the other areas have indexed and the node knows; writes nothing itself. */
export const searchArea: Area = {
  name: "search",
  tables: [],
  create: async () => {},
  index: async () => {},
  routes: searchRoutes,
};
