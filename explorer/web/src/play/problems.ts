import {
  AccountNotFoundError,
  ChainUnreachableError,
  InsufficientFundsError,
  NotFoundError,
  RpcTimeoutError,
  SignerError,
  TxFailedError,
} from "@assay/client/errors";
import {
  BudgetExceededError,
  CallFailedError,
  ItemsError,
  PriceTooHighError,
  ProviderBusyError,
  ProviderTimeoutError,
  ProviderUnreachableError,
  ServiceClosedError,
  ServiceConvictedError,
  UnsupportedServiceError,
} from "@assay/client/market/buyer-errors";
import { PreprocessingError } from "@assay/client/preprocessing/errors";
import { ApiError } from "../api/fetch.ts";
import { isRejection } from "../wallet/store.ts";
import { OpenElsewhereError } from "./buying.ts";
import { StorageError } from "./storage.ts";

/** Why there is no answer, in words for the visitor, and what can be done about it. */
export interface Problem {
  readonly title: string;
  readonly text: string;
  /** What a button offers; `look-again` reads the service anew, `elsewhere` leads to other services. */
  readonly remedy: "retry" | "look-again" | "elsewhere" | "none";
}

/** The account has less than what is locked for the first call. */
export class OutOfFundsError extends Error {}

export function problemOf(error: unknown): Problem {
  const text = error instanceof Error ? error.message : String(error);
  if (
    error instanceof OutOfFundsError ||
    error instanceof InsufficientFundsError ||
    error instanceof AccountNotFoundError
  )
    return {
      title: "Not enough coins",
      text: "The account has less than what is locked for the first call. Send it some coins and try again; nothing was paid.",
      remedy: "retry",
    };
  if (error instanceof SignerError || isRejection(error))
    return {
      title: "Not signed",
      text: "The wallet did not sign the deposit, so nothing was locked and nothing was paid.",
      remedy: "retry",
    };
  if (error instanceof PriceTooHighError)
    return {
      title: "The price has changed",
      text: "Its provider asks more than what this page showed. Nothing was paid. Look at the new price first.",
      remedy: "look-again",
    };
  if (error instanceof ProviderUnreachableError || error instanceof ProviderTimeoutError)
    return {
      title: "The provider is away",
      text: "Its server does not answer. A call that got no answer costs nothing; if it was taken, the answer is asked for again at no cost.",
      remedy: "retry",
    };
  if (error instanceof ProviderBusyError)
    return {
      title: "The provider is busy",
      text: "Nothing was paid. Try again in a moment.",
      remedy: "retry",
    };
  if (error instanceof ServiceConvictedError)
    return {
      title: "This service was convicted",
      text: "It gave a wrong answer before, and lost its bond for it. Choose another one; what is left of your deposit comes back by closing the channel.",
      remedy: "elsewhere",
    };
  if (error instanceof ServiceClosedError)
    return {
      title: "This service is closed",
      text: "Its provider took it off the market. Choose another one.",
      remedy: "elsewhere",
    };
  if (error instanceof UnsupportedServiceError)
    return { title: "Cannot be asked from here", text, remedy: "elsewhere" };
  if (error instanceof BudgetExceededError)
    return {
      title: "The playground's limit is reached",
      text: "It locks at most 1 ASSAY for a service and 5 ASSAY in all. Close channels that you do not need any more.",
      remedy: "none",
    };
  if (error instanceof OpenElsewhereError) return { title: "Open in another tab", text, remedy: "retry" };
  if (error instanceof StorageError) return { title: "Nothing can be kept here", text, remedy: "none" };
  if (error instanceof PreprocessingError || error instanceof ItemsError)
    return { title: "This cannot be asked", text: withoutName(text), remedy: "none" };
  if (error instanceof CallFailedError)
    return { title: "The provider did not do its part", text, remedy: "retry" };
  if (error instanceof ChainUnreachableError || error instanceof RpcTimeoutError)
    return {
      title: "The chain does not answer",
      text: "The explorer cannot reach its node right now. Nothing was paid.",
      remedy: "retry",
    };
  if (error instanceof ApiError) return { title: "No coins from the faucet", text, remedy: "retry" };
  if (error instanceof NotFoundError) return { title: "Not on the chain", text, remedy: "elsewhere" };
  if (error instanceof TxFailedError)
    return { title: "The chain refused the transaction", text, remedy: "retry" };
  return { title: "Something went wrong", text, remedy: "retry" };
}

/** Errors of preprocessings begin with their name, which a visitor has no use for. */
function withoutName(text: string): string {
  const reason = text.replace(/^preprocessing [a-z0-9-]+: /, "");
  return reason.charAt(0).toUpperCase() + reason.slice(1) + (/[.!?]$/.test(reason) ? "" : ".");
}
