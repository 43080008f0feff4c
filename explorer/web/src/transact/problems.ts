import {
  AccountNotFoundError,
  AssayError,
  ChainUnreachableError,
  FeeTooLowError,
  InsufficientFundsError,
  OutOfGasError,
  RpcTimeoutError,
  SenderStoppedError,
  SignerError,
  TxFailedError,
  TxTimeoutError,
  TxTooLargeError,
} from "@assay/client/errors";
import { isMarketplaceError, type MarketplaceErrorName } from "@assay/client/marketplaceErrors";
import { isPoiError, type PoiErrorName } from "@assay/client/poiErrors";
import { isRejection, messageOf } from "../wallet/store.ts";

/** Something that went wrong, for the user: what it is and what to do. */
export interface Problem {
  readonly title: string;
  readonly advice: string;
  /** The chain's or the wallet's own words. */
  readonly detail?: string;
  /** `faucet`: coins would help. */
  readonly remedy?: "faucet";
  /** Of the transaction, if there is one to look at. */
  readonly hash?: string;
}

/** The account cannot pay for what it is about to do. Amounts are written out. */
export class TooLittleError extends AssayError {
  constructor(needs: string, has: string) {
    super(`This takes ${needs} with its fee, and the account has ${has}.`);
  }
}

/** The page stopped following a transaction that had been signed. */
export class UnfollowedError extends AssayError {
  constructor(hash: string) {
    super(`Transaction ${hash} was no longer followed.`);
  }
}

/** Chains that panic answer with pages of text. */
const MAX_DETAIL = 400;

type Said = readonly [title: string, advice: string];

const POI: Partial<Record<PoiErrorName, Said>> = {
  notFound: [
    "The chain does not know this",
    "Check the numbers; a past epoch's rows are gone from the chain.",
  ],
  exists: ["This was done already", "Somebody has asked for the same. Nothing is left to do."],
  wrongPhase: [
    "Not in this phase of the epoch",
    "Rows can be challenged in the CHALLENGE phase only. Try again when it begins; the home page shows the clock.",
  ],
  wrongEpoch: ["Another epoch is running", "Only rows of the running epoch can be challenged."],
  convicted: [
    "Already convicted",
    "This scorer is convicted in this epoch already; nothing is left to prove.",
  ],
  feeTooHigh: [
    "The price has risen",
    "The author asks for more by now. Check the form again to see the new price.",
  ],
  inferBudget: ["The block is full", "Each block runs a limited amount of models. Send it again."],
  modelFile: ["The chain has no file of this model any more", "Choose a model that is still in its arena."],
  nothingToCollect: ["Nothing to claim", "This account has earned nothing since its last claim."],
  invalid: ["The chain refuses a value", "Change what it names and check again."],
};

const MARKET: Partial<Record<MarketplaceErrorName, Said>> = {
  unauthorized: ["Not yours to do", "Only the account it belongs to may do this. Switch to that account."],
  notFound: ["The chain does not know this", "Check the id."],
  amount: ["The amount does not fit", "The chain wants more at least; see its words below."],
  denom: ["This coin is not accepted", "Pay in the coin of the service."],
  key: ["This key cannot be used", "Make a new ed25519 key and paste its public half."],
  bond: [
    "The bond does not fit",
    "A service with a model needs the bond that the parameters name; one without, none.",
  ],
  promise: [
    "This promise cannot be made",
    "The model must have been scored on enough items, and be as good as promised.",
  ],
  serviceClosed: ["The service is closed", "Choose another one."],
  convicted: ["The service was convicted", "It gave a wrong answer. Choose another one."],
  counter: [
    "Another channel was opened meanwhile",
    "Check the form again; it takes the next number by itself.",
  ],
  channelClosed: ["The channel is not open", "It is closing or closed."],
  grace: [
    "Its waiting time is not over",
    "Open calls may still be claimed until then. Try again some blocks later.",
  ],
  nothingToPay: ["Nothing to withdraw", "Nothing is credited to this account on the market."],
  released: ["Too late", "The service is closed and its bond released, so its receipts count no longer."],
  notVerifiable: ["Nobody can verify this service", "It has no exact model on the chain."],
  receipt: ["The chain refuses the receipt", "It is not signed by the service, or for another chain."],
  path: ["The evidence does not fit the receipt", "Use the receipt file as the program wrote it."],
};

/** What to tell about anything that a form may run into. */
export function problemOf(error: unknown): Problem {
  const detail = (error instanceof TxFailedError ? error.log : messageOf(error)).slice(0, MAX_DETAIL);
  const hash = error instanceof TxFailedError ? error.hash : undefined;
  const say = ([title, advice]: Said, more: Partial<Problem> = {}): Problem => ({
    title,
    advice,
    detail,
    ...(hash !== undefined && { hash }),
    ...more,
  });
  if (error instanceof TooLittleError)
    return { title: "Not enough coins", advice: error.message, remedy: "faucet" };
  if (error instanceof InsufficientFundsError) {
    const { required, available } = error;
    const advice = required
      ? `It takes ${required}, and ${available} can be spent.`
      : "The account cannot pay for this.";
    return say(["Not enough coins", advice], { remedy: "faucet" });
  }
  if (error instanceof AccountNotFoundError)
    return say(
      [
        "The chain does not know this account yet",
        "An account exists once it has received something. Send it coins first.",
      ],
      { remedy: "faucet" },
    );
  if (error instanceof ChainUnreachableError || error instanceof RpcTimeoutError)
    return say(["The node does not answer", "Nothing was sent. Try again when it is back."]);
  if (error instanceof TxTimeoutError)
    return {
      title: "The transaction expired",
      advice:
        "It got into no block in time and never will: nothing changed and no fee was paid. Send it again.",
      hash: error.hash,
    };
  if (error instanceof UnfollowedError)
    return say([
      "Not followed any more",
      "The transaction was sent and may still get into a block. Look at its page or at your account before you send it again.",
    ]);
  if (error instanceof SenderStoppedError)
    return {
      title: "Stopped",
      advice: "Nothing was sent. If the wallet still asks for a signature, reject it there.",
    };
  if (error instanceof SignerError)
    return say([
      "The wallet signs for another account",
      "Switch back to the account of this form, or connect again.",
    ]);
  if (error instanceof FeeTooLowError)
    return say(["The fee is too low", "The node wants more by now. Check the form again."]);
  if (error instanceof OutOfGasError)
    return say([
      "It ran out of gas",
      "The chain had more to do than in the simulation. Check the form again.",
    ]);
  if (error instanceof TxTooLargeError) return say(["Too large for a transaction", "Send less at a time."]);
  if (error instanceof TxFailedError) return say(saidByChain(error));
  if (isRejection(error))
    return {
      title: "Rejected in the wallet",
      advice: "Nothing was sent. You can still sign, or change the form.",
    };
  return say(["That did not work", "Try again; if it stays so, the words below say why."]);
}

function saidByChain(error: TxFailedError): Said {
  for (const [name, said] of Object.entries(POI)) if (isPoiError(error, name as PoiErrorName)) return said;
  for (const [name, said] of Object.entries(MARKET))
    if (isMarketplaceError(error, name as MarketplaceErrorName)) return said;
  if (/account sequence mismatch/.test(error.log))
    return [
      "Another transaction of this account came first",
      "Several programs use this account at once. Wait for the others and send it again.",
    ];
  return error.stage === "deliver"
    ? ["The transaction failed", "It is in a block and did nothing but cost its fee."]
    : ["The chain refuses this", "Nothing was sent. Change the form and check it again."];
}
