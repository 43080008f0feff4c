import type { Area } from "../area.ts";
import { createChainTables } from "./create.ts";
import { indexBlock } from "./index.ts";
import { chainRoutes } from "./routes.ts";

/** Blocks, transactions and what accounts have to do with them. */
export const chainArea: Area = {
  name: "chain",
  tables: ["block", "tx", "tx_type", "activity"],
  create: createChainTables,
  index: indexBlock,
  routes: chainRoutes,
};
