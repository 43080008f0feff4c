import { isRefusedWith, type TxFailedError } from "./errors.ts";

/** Errors of x/poi (chain/x/poi/types/errors.go): code in codespace "poi", and the text they end with. */
export const POI_ERRORS = {
  unauthorized: { code: 2, text: "signer is not allowed to do this" },
  invalid: { code: 3, text: "invalid value" },
  notFound: { code: 4, text: "not found" },
  exists: { code: 5, text: "exists already" },
  wrongPhase: { code: 6, text: "wrong phase" },
  wrongEpoch: { code: 7, text: "wrong epoch" },
  notFrozen: { code: 8, text: "not part of the running epoch" },
  foreignSlot: { code: 9, text: "slot belongs to another" },
  wrongLink: { code: 10, text: "link does not lead to the tip" },
  wrongOpening: { code: 11, text: "opening does not match the commitment" },
  wrongRows: { code: 12, text: "rows do not fit the slot" },
  amount: { code: 13, text: "invalid amount" },
  admission: { code: 14, text: "audits would not fit the blocks of a challenge phase" },
  arenaFull: { code: 15, text: "arena is full" },
  modelFile: { code: 16, text: "model file refused" },
  reservation: { code: 17, text: "reservation cannot be used" },
  feeTooHigh: { code: 18, text: "fee exceeds the accepted maximum" },
  inferBudget: { code: 19, text: "inference budget of this block is spent" },
  convicted: { code: 20, text: "scorer is already convicted in this epoch" },
  notBonded: { code: 21, text: "no bond" },
  ledger: { code: 22, text: "ledger entry too small" },
  genesis: { code: 23, text: "invalid genesis" },
  nothingToRenew: { code: 24, text: "reservation needs no renewal" },
  nothingToCollect: { code: 25, text: "nothing to claim" },
  unspentBatches: { code: 26, text: "committed batches are unspent" },
} as const;

export type PoiErrorName = keyof typeof POI_ERRORS;

/** Whether the chain refused a transaction for this reason, wherever it did so. */
export function isPoiError(error: unknown, name: PoiErrorName): error is TxFailedError {
  return isRefusedWith(error, "poi", POI_ERRORS[name]);
}
