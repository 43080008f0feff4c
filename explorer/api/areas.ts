import type { Area } from "./area.ts";
import { chainArea } from "./chain/area.ts";
import { homeArea } from "./home/area.ts";
import { marketArea } from "./market/area.ts";
import { poiArea } from "./poi/area.ts";
import { searchArea } from "./search/area.ts";
import { stakingArea } from "./staking/area.ts";

/** All areas, in the order in which a block is written. */
export const areas: readonly Area[] = [chainArea, stakingArea, poiArea, marketArea, homeArea, searchArea];
