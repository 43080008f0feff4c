import type { ChainTables } from "../chain/tables.ts";
import type { FaucetTables } from "../faucet/tables.ts";
import type { MarketTables } from "../market/tables.ts";
import type { PoiTables } from "../poi/tables.ts";
import type { NodeTables } from "../node/tables.ts";
import type { RawTables } from "../index/tables.ts";
import type { StakingTables } from "../staking/tables.ts";

/**
 * Every table. Column types are those both databases know: integer (JavaScript numbers), text, blob (Uint8Array).
 * Amounts are text; booleans are integers 0 and 1; times are ISO 8601 text.
 */
export interface Database
  extends RawTables, NodeTables, FaucetTables, ChainTables, StakingTables, PoiTables, MarketTables {}
