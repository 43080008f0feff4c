import { MARKETPLACE_ERRORS } from "@assay/client/marketplaceErrors";
import { POI_ERRORS } from "@assay/client/poiErrors";
import { cleanText } from "../text.ts";

const LOG_LENGTH = 1_000;

/** Why a transaction failed: in plain words, what to do about it if that is known, and the chain's own words. */
export interface Failure {
  reason: string;
  advice: string | null;
  log: string;
}

type Explanation = readonly [reason: string, advice: string | null];

/** Codes of the SDK (types/errors/errors.go) that users meet. */
const SDK: Readonly<Record<number, Explanation>> = {
  2: ["the bytes are no valid transaction", null],
  4: ["a signature is missing or does not fit", "Check the chain id and the account number it was signed for."],
  5: ["the account has too few coins for it", "Top up the account, or send less. Fees count too."],
  6: ["the chain does not know this kind of message", null],
  7: ["an address in it is not valid", null],
  8: ["the public key does not fit the address", null],
  9: ["the account does not exist yet", "An account comes into being with the first coins it gets."],
  10: ["an amount of coins in it is not valid", null],
  11: ["it needed more gas than it had brought", "Send it again with a higher gas limit."],
  12: ["its memo is too long", "Shorten the memo."],
  13: ["its fee is too low", "Send it again with a higher fee."],
  14: ["it has too many signatures", null],
  15: ["it carries no signature", null],
  18: ["the request is not valid", null],
  19: ["it is waiting in the mempool already", null],
  20: ["the mempool was full", "Send it again a little later."],
  21: ["it is larger than the chain allows", null],
  28: ["it was signed for another chain", "Check the chain id."],
  30: ["its time was over before a block took it", "Send it again."],
  32: ["its sequence number was not the account's next one", "Send it again; another transaction came first."],
  37: ["it asks for a feature that the chain does not have", null],
  38: ["something that it names does not exist", null],
  41: ["its gas limit is not valid", "Choose another gas limit."],
  42: ["its time was over before a block took it", "Send it again."],
};

/** Texts of our modules say what is wrong; these say what to do. */
const POI_ADVICE: Readonly<Partial<Record<keyof typeof POI_ERRORS, string>>> = {
  wrongPhase: "Every step of an epoch has its own phase: wait for the phase of this one.",
  wrongEpoch: "It named an epoch that is not running any more.",
  feeTooHigh: "The fee rose in the meantime: ask for it again and accept more.",
  inferBudget: "Send it again: every block has a new budget.",
  reservation: "A file can be registered from the block after its reservation on, and not after it expired.",
  arenaFull: "Wait until a place in the arena is free.",
  nothingToCollect: "Rewards are credited when an epoch settles.",
  convicted: "A scorer is convicted at most once an epoch.",
};

const MARKETPLACE_ADVICE: Readonly<Partial<Record<keyof typeof MARKETPLACE_ERRORS, string>>> = {
  counter: "Another channel was opened first: ask for the counter again and send it once more.",
  grace: "Wait until the height at which the channel can be finalised.",
  approval: "Ask the owner of the coins for a larger or newer approval.",
  nothingToPay: "Credits appear when vouchers are claimed or channels end.",
  locked: "The bond is locked until the height the service shows.",
  serviceClosed: "Choose another service.",
  convicted: "This service gave a wrong answer: choose another one.",
  amount: "Check it against the minimum deposit and the price.",
  promise: "A promise needs a model that was scored on enough items.",
};

const MODULES: ReadonlyMap<string, ReadonlyMap<number, Explanation>> = new Map([
  ["sdk", new Map(Object.entries(SDK).map(([code, explanation]) => [Number(code), explanation]))],
  ["poi", explanations(POI_ERRORS, POI_ADVICE)],
  ["marketplace", explanations(MARKETPLACE_ERRORS, MARKETPLACE_ADVICE)],
]);

/** Explains the result of a transaction; null when it succeeded. */
export function failureOf(result: { code: number; codespace: string; log: string }): Failure | null {
  const { code, codespace } = result;
  if (code === 0) return null;
  const log = cleanText(result.log, LOG_LENGTH);
  const [reason, advice] = MODULES.get(codespace)?.get(code) ?? [`error ${code} of "${cleanText(codespace, 50)}"`, null];
  return { reason: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`, advice, log };
}

function explanations<Name extends string>(
  errors: Readonly<Record<Name, { code: number; text: string }>>,
  advice: Readonly<Partial<Record<Name, string>>>,
): ReadonlyMap<number, Explanation> {
  const names = Object.keys(errors) as Name[];
  return new Map(names.map((name) => [errors[name].code, [errors[name].text, advice[name] ?? null]]));
}
