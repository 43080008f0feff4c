import type { Area } from "./area.ts";

/** All areas, in the order in which a block is written. */
export const areas: readonly Area[] = [];
