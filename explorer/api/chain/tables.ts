export interface ChainTables {}
