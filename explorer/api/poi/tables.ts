export interface PoiTables {}
