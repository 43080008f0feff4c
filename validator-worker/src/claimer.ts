import type { EncodeObject } from "@cosmjs/proto-signing";
import { claimRewards } from "@assay/client/messages";
import { createRegistry } from "@assay/client/registry";
import type { Logger } from "@assay/service-kit/log";
import type { ScorerChain, Transactor } from "./chain.ts";

export interface ClaimerOptions {
  chain: ScorerChain;
  /** The operator's, or the hot key's when the operator granted it MsgClaimRewards. */
  transactor: Transactor;
  operator: string;
  /** Smaller rewards, in uassay, are left to grow. */
  minimum: bigint;
  log: Logger;
}

/** Claims the operator's rewards. */
export class Claimer {
  readonly #options: ClaimerOptions;

  constructor(options: ClaimerOptions) {
    this.#options = options;
  }

  /** Claims what there is. @returns whether something was claimed. */
  async claim(epoch: bigint, signal: AbortSignal): Promise<boolean> {
    const { chain, transactor, operator, minimum, log } = this.#options;
    const rewards = await chain.rewards(operator);
    if (rewards === 0n || rewards < minimum) return false;
    const claim = claimRewards({ owner: operator });
    const message = transactor.address === operator ? claim : asGrantee(transactor.address, claim);
    await transactor.send([message], { id: `claim/${epoch}/${rewards}`, signal });
    log.info({ epoch, rewards }, "rewards claimed");
    return true;
  }
}

/** x/authz: runs a message whose signer granted it to `grantee`. */
function asGrantee(grantee: string, message: EncodeObject): EncodeObject {
  return {
    typeUrl: "/cosmos.authz.v1beta1.MsgExec",
    value: { grantee, msgs: [createRegistry().encodeAsAny(message)] },
  };
}
