import { getArenas } from "@assay/client/actions/getArenas";
import { getParams } from "@assay/client/actions/getParams";
import { getRewards } from "@assay/client/actions/getRewards";
import { getSlots } from "@assay/client/actions/getSlots";
import { getSponsor, type GetSponsorReturnType } from "@assay/client/actions/getSponsor";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import type { Arena } from "@assay/client/generated/assay/poi/v1/arena";
import type { Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";

/** What a sponsor reads from the chain. */
export interface SponsorChain {
  readonly chainId: string;
  arenas(): Promise<Arena[]>;
  /** The parameters of the next epoch. */
  params(): Promise<Params>;
  /** Undefined as long as no curator has approved the address. */
  sponsor(arena: bigint, address: string): Promise<GetSponsorReturnType | undefined>;
  /** Slots of an epoch, running or kept. */
  slots(epoch: bigint): Promise<Slot[]>;
  /** What an account may claim, in uassay. */
  rewards(address: string): Promise<bigint>;
}

export function chainOf(client: AssayClient): SponsorChain {
  return {
    chainId: client.chainId,
    arenas: () => getArenas(client),
    params: () => getParams(client),
    sponsor: async (arena, address) => {
      try {
        return await getSponsor(client, { arena, address });
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },
    slots: (epoch) => getSlots(client, { epoch }),
    rewards: (address) => getRewards(client, { address }),
  };
}
