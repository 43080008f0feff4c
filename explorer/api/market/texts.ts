/** As long as the chain lets them be, in characters; see `chain/x/marketplace/types/service.go`. */
export const MAX_NAME = 64;
export const MAX_DESCRIPTION = 1024;
export const MAX_URL = 256;
