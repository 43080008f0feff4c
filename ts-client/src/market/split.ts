import { BASIS_POINTS } from "../protocol/draw.ts";

/** The most authors paid by one channel. */
export const MAX_ROYALTIES = 8;

/** How many generations of ancestors are paid. */
export const MAX_LINEAGE_DEPTH = 3;

/** A recipient's part of what a channel releases. */
export interface Share {
  recipient: string;
  bps: number;
}

/** Those on which the author of a model lets it be served. */
export interface Terms {
  author: string;
  royaltyBps: number;
  /** Ids of older models, so that there are no cycles. */
  parents: readonly Uint8Array[];
}

/** A way on which a model comes up. */
interface Descent {
  terms: Terms;
  share: Share;
  bps: number;
  distance: number;
}

/**
 * Which authors get what when the model served is paid for, in the order in which they come up. The author of the
 * model starts with its royalty, at most what the protocol fee leaves. Breadth first, whoever has parents passes
 * `lineageBps` of its share on to them in equal parts, rounded down, up to {@link MAX_LINEAGE_DEPTH} generations. A
 * recipient beyond {@link MAX_ROYALTIES} is passed over with its ancestors; that part, and what rounding leaves, stays
 * with the child's author. Shares of one author are added up.
 */
export function royalties(
  served: Uint8Array,
  protocolFeeBps: number,
  lineageBps: number,
  termsOf: (model: Uint8Array) => Terms,
): Share[] {
  if (protocolFeeBps > BASIS_POINTS || lineageBps > BASIS_POINTS)
    throw new RangeError(
      `protocol fee of ${protocolFeeBps} and lineage of ${lineageBps} basis points, each at most ${BASIS_POINTS}`,
    );
  const own = termsOf(served);
  const start = Math.min(own.royaltyBps, BASIS_POINTS - protocolFeeBps);
  const first: Share = { recipient: own.author, bps: start };
  const shares = [first];
  const queue: Descent[] = [{ terms: own, share: first, bps: start, distance: 0 }];
  // The queue grows while it is walked.
  for (const child of queue) {
    const { parents } = child.terms;
    if (child.distance === MAX_LINEAGE_DEPTH || parents.length === 0) continue;
    const pass = Math.floor(Math.floor((child.bps * lineageBps) / BASIS_POINTS) / parents.length);
    if (pass === 0) continue;
    for (const model of parents) {
      const terms = termsOf(model);
      let share = shares.find(({ recipient }) => recipient === terms.author);
      if (share === undefined) {
        if (shares.length === MAX_ROYALTIES) continue;
        share = { recipient: terms.author, bps: 0 };
        shares.push(share);
      }
      child.share.bps -= pass;
      share.bps += pass;
      queue.push({ terms, share, bps: pass, distance: child.distance + 1 });
    }
  }
  return shares.filter(({ bps }) => bps > 0);
}

/** What the recipients get of an amount released; all of it adds up to that. */
export interface Parts {
  /** With `pooled`, the protocol fee. */
  burned: bigint;
  pooled: bigint;
  /** In the order of the shares. */
  royalties: bigint[];
  provider: bigint;
}

/**
 * Splits what a claim releases on a channel that had released `before`, in total. Fee and shares fit in
 * {@link BASIS_POINTS}; half of the fee is burned if `burns` is set, else all of it is pooled.
 *
 * What a recipient gets is what it is entitled to of the new total less what it was entitled to of the old one. So the
 * parts of many claims add up to those of one.
 */
export function divide(
  before: bigint,
  released: bigint,
  feeBps: number,
  burns: boolean,
  shares: readonly Share[],
): Parts {
  const parts = entitled(before + released, feeBps, burns, shares);
  const old = entitled(before, feeBps, burns, shares);
  return {
    burned: parts.burned - old.burned,
    pooled: parts.pooled - old.pooled,
    royalties: parts.royalties.map((royalty, i) => royalty - (old.royalties[i] as bigint)),
    provider: parts.provider - old.provider,
  };
}

/**
 * What everybody is entitled to of a total. One after the other, fee first, takes its share of what those before it
 * left, rounded down, and the provider has the rest: each cut in two passes a further unit to exactly one side, so that
 * no entitlement ever falls.
 */
function entitled(total: bigint, feeBps: number, burns: boolean, shares: readonly Share[]): Parts {
  let left = total;
  let whole = BASIS_POINTS;
  const take = (wanted: number): bigint => {
    const bps = Math.min(wanted, whole);
    if (bps === 0) return 0n;
    const part = (left * BigInt(bps)) / BigInt(whole);
    left -= part;
    whole -= bps;
    return part;
  };
  const fee = take(feeBps);
  const burned = burns ? fee / 2n : 0n;
  const royalties = shares.map(({ bps }) => take(bps));
  return { burned, pooled: fee - burned, royalties, provider: left };
}
