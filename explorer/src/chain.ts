import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { getArenas } from "@assay/client/actions/getArenas";
import { getClock, type GetClockReturnType } from "@assay/client/actions/getClock";
import { getContenders } from "@assay/client/actions/getContenders";
import { getConvictions } from "@assay/client/actions/getConvictions";
import { getEmission, type GetEmissionReturnType } from "@assay/client/actions/getEmission";
import { getEpoch, type GetEpochReturnType } from "@assay/client/actions/getEpoch";
import { getLadder } from "@assay/client/actions/getLadder";
import { getModelEpochs } from "@assay/client/actions/getModelEpochs";
import { getModels } from "@assay/client/actions/getModels";
import { getScorers } from "@assay/client/actions/getScorers";
import { getSlots } from "@assay/client/actions/getSlots";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import type { Arena, Contender, Step } from "@assay/client/generated/assay/poi/v1/arena";
import type { Conviction, ModelEpoch, Slot } from "@assay/client/generated/assay/poi/v1/epoch";
import type { Model } from "@assay/client/generated/assay/poi/v1/model";
import type { Scorer } from "@assay/client/generated/assay/poi/v1/participant";
import { accountOf } from "@assay/client/address";

/** What the explorer reads from a node. */
export interface ExplorerChain {
  readonly chainId: string;
  clock(): Promise<GetClockReturnType>;
  /** Blocks of these heights that the node still has, at most 20, newest first. */
  blocks(from: number, to: number): Promise<Block[]>;
  arenas(): Promise<Arena[]>;
  ladder(arena: bigint): Promise<Step[]>;
  /** At most `limit` models of an arena. */
  models(arena: bigint, limit: number): Promise<Model[]>;
  contenders(arena: bigint): Promise<Contender[]>;
  /** The latest `limit` measurements of a model, newest first. */
  modelEpochs(modelHex: string, limit: number): Promise<ModelEpoch[]>;
  scorers(): Promise<Scorer[]>;
  convictions(limit: number): Promise<Conviction[]>;
  emission(): Promise<GetEmissionReturnType>;
  /** Undefined when the epoch is not kept. */
  epoch(epoch: bigint): Promise<GetEpochReturnType | undefined>;
  slots(epoch: bigint): Promise<Slot[]>;
  /** Monikers of the bonded validators, by the account address of their operator. */
  monikers(): Promise<Map<string, string>>;
}

export interface Block {
  height: number;
  time: Date;
  txs: number;
}

export function chainOf(client: AssayClient): ExplorerChain {
  return {
    chainId: client.chainId,
    clock: () => getClock(client),
    blocks: async (from, to) => {
      const { blockMetas } = await client.comet.blockchain(from, to);
      return blockMetas.map(({ header, numTxs }) => ({
        height: header.height,
        time: new Date(header.time.getTime()),
        txs: numTxs,
      }));
    },
    arenas: () => getArenas(client),
    ladder: (arena) => getLadder(client, { arena }),
    models: (arena, limit) => getModels(client, { arena, limit }),
    contenders: (arena) => getContenders(client, { arena }),
    modelEpochs: (modelHex, limit) => getModelEpochs(client, { modelHex, limit, reverse: true }),
    scorers: () => getScorers(client),
    convictions: (limit) => getConvictions(client, { limit, reverse: true }),
    emission: () => getEmission(client),
    epoch: async (epoch) => {
      try {
        return await getEpoch(client, { epoch });
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },
    slots: (epoch) => getSlots(client, { epoch }),
    monikers: async () => {
      const { validators } = await client.staking.Validators({
        status: BondStatus[BondStatus.BOND_STATUS_BONDED],
        pagination: undefined,
      });
      return new Map(validators.map((v) => [accountOf(v.operatorAddress), v.description?.moniker ?? ""]));
    },
  };
}
