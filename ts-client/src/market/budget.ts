import { BASE_DENOM } from "../messages.ts";
import { BudgetExceededError } from "./buyer-errors.ts";

/** Limits in base units of one coin. */
export interface Limits {
  /** Most that is ever deposited in one channel, top-ups included. */
  readonly maxDeposit: bigint;
  /** Most that is ever deposited in all channels together; what comes back is not counted. */
  readonly maxTotal: bigint;
}

/** What a buyer may lock by itself. The first two are in uassay; services in other coins need an entry of theirs. */
export interface Budget extends Partial<Limits> {
  readonly denoms?: Readonly<Record<string, Limits>>;
}

const UNIT = 1_000_000n;
/** Of uassay, when nothing else is said. */
export const DEFAULT_LIMITS: Limits = { maxDeposit: 5n * UNIT, maxTotal: 25n * UNIT };

/** A deposit pays for this many calls like the first, if the budget allows. */
const CALLS_PER_DEPOSIT = 100n;

/** What a deposit is decided on; amounts in base units of `denom`. */
export interface DepositOrder {
  readonly denom: string;
  /** Deposited in this channel so far. */
  readonly inChannel: bigint;
  /** Deposited in all channels of this denom so far. */
  readonly inAll: bigint;
  /** Without this the calls that wait cannot go on. */
  readonly least: bigint;
  /** What would be convenient. */
  readonly wanted: bigint;
}

/** How much to deposit: what is wanted, or what is left of the budget. Throws {@link BudgetExceededError}. */
export function decideDeposit(budget: Budget, order: DepositOrder): bigint {
  const { denom, inChannel, inAll, least, wanted } = order;
  const { maxDeposit, maxTotal } = limitsOf(budget, denom);
  const room = min(maxDeposit - inChannel, maxTotal - inAll);
  if (room < least) {
    const [limit, allowed, used] =
      maxDeposit - inChannel < least
        ? (["maxDeposit", maxDeposit, inChannel] as const)
        : (["maxTotal", maxTotal, inAll] as const);
    throw new BudgetExceededError({ limit, denom, allowed, used, needed: least });
  }
  return min(max(wanted, least), room);
}

/** What is convenient for calls of this cost. */
export function depositFor(cost: bigint): bigint {
  return cost * CALLS_PER_DEPOSIT;
}

function limitsOf(budget: Budget, denom: string): Limits {
  const own = budget.denoms?.[denom];
  if (own) return own;
  if (denom === BASE_DENOM) {
    const { maxDeposit = DEFAULT_LIMITS.maxDeposit, maxTotal = DEFAULT_LIMITS.maxTotal } = budget;
    return { maxDeposit, maxTotal };
  }
  throw new BudgetExceededError({ limit: "denoms", denom, allowed: 0n, used: 0n, needed: 0n });
}

export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
