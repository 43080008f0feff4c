import type { Area } from "../area.ts";
import { homeRoutes } from "./routes.ts";

/** What the start page shows at a glance; writes nothing itself. */
export const homeArea: Area = {
  name: "home",
  tables: [],
  create: async () => {},
  index: async () => {},
  routes: homeRoutes,
};
