import type { Area } from "../area.ts";
import { createPoiTables, poiTableNames } from "./create.ts";
import { epochRoutes } from "./epochs/routes.ts";
import { indexPoi } from "./index.ts";
import { modelRoutes } from "./models/routes.ts";
import { questions } from "./questions.ts";

/** Epochs, models, and who scored and sponsored them. */
export const poiArea: Area = {
  name: "poi",
  tables: poiTableNames,
  create: createPoiTables,
  questions,
  index: indexPoi,
  routes: [...modelRoutes, ...epochRoutes],
};
