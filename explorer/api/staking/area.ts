import type { Area } from "../area.ts";
import { createStakingTables, stakingTableNames } from "./create.ts";
import { governanceRoutes } from "./governance.ts";
import { indexStaking, stakingQuestions } from "./index.ts";
import { paramRoutes } from "./params.ts";
import { supplyRoutes } from "./supply.ts";
import { validatorRoutes } from "./validators.ts";

/** Validators and stake, governance, parameters, and the supply. */
export const stakingArea: Area = {
  name: "staking",
  tables: stakingTableNames,
  create: createStakingTables,
  questions: stakingQuestions,
  index: indexStaking,
  routes: [...validatorRoutes, ...governanceRoutes, ...paramRoutes, ...supplyRoutes],
};
