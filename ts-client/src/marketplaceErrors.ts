import { isRefusedWith, type TxFailedError } from "./errors.ts";

/**
 * Errors of x/marketplace (chain/x/marketplace/types/errors.go): code in codespace "marketplace", and the text they
 * end with.
 */
export const MARKETPLACE_ERRORS = {
  unauthorized: { code: 2, text: "signer is not allowed to do this" },
  invalid: { code: 3, text: "invalid value" },
  notFound: { code: 4, text: "not found" },
  amount: { code: 5, text: "invalid amount" },
  denom: { code: 6, text: "coin is not accepted" },
  key: { code: 7, text: "ed25519 key refused" },
  bond: { code: 8, text: "bond does not fit the service" },
  promise: { code: 9, text: "promise cannot be made" },
  serviceClosed: { code: 10, text: "service is closed" },
  convicted: { code: 11, text: "service is convicted" },
  counter: { code: 12, text: "wrong counter of the payer" },
  channelClosed: { code: 13, text: "channel is not open" },
  grace: { code: 14, text: "grace is not over" },
  approval: { code: 15, text: "approval does not allow this" },
  rows: { code: 16, text: "rows of a claim refused" },
  nothingToPay: { code: 17, text: "nothing to withdraw" },
  locked: { code: 18, text: "bond is still locked" },
  released: { code: 19, text: "bond is released: receipts count no longer" },
  notVerifiable: { code: 20, text: "service has no exact model: its answers are not verifiable" },
  receipt: { code: 21, text: "receipt refused" },
  path: { code: 22, text: "path does not lead to the root" },
  probes: { code: 23, text: "report of probes refused" },
  ledger: { code: 24, text: "ledger holds too little" },
  genesis: { code: 25, text: "invalid genesis" },
  selfPayment: { code: 26, text: "owner and spender are the same account" },
} as const;

export type MarketplaceErrorName = keyof typeof MARKETPLACE_ERRORS;

/** Whether the chain refused a transaction for this reason, wherever it did so. */
export function isMarketplaceError(error: unknown, name: MarketplaceErrorName): error is TxFailedError {
  return isRefusedWith(error, "marketplace", MARKETPLACE_ERRORS[name]);
}
