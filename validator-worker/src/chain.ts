import type { EncodeObject } from "@cosmjs/proto-signing";
import { getArenas } from "@assay/client/actions/getArenas";
import { getBalance } from "@assay/client/actions/getBalance";
import { getConvictions } from "@assay/client/actions/getConvictions";
import { getFrozen } from "@assay/client/actions/getFrozen";
import { getModelFile } from "@assay/client/actions/getModelFile";
import { getRewards } from "@assay/client/actions/getRewards";
import { getRows } from "@assay/client/actions/getRows";
import { getScorer, type GetScorerReturnType } from "@assay/client/actions/getScorer";
import { getSlotInputs } from "@assay/client/actions/getSlotInputs";
import { getSlots } from "@assay/client/actions/getSlots";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import type { Arena } from "@assay/client/generated/assay/poi/v1/arena";
import type {
  Conviction,
  FrozenArena,
  FrozenScorer,
  Row,
  Slot,
} from "@assay/client/generated/assay/poi/v1/epoch";

/** What the running epoch froze. */
export interface Frozen {
  epoch: bigint;
  arenas: FrozenArena[];
  scorers: FrozenScorer[];
}

/** Everything the worker reads from the chain. */
export interface ScorerChain {
  readonly chainId: string;
  arenas(): Promise<Arena[]>;
  frozen(): Promise<Frozen>;
  slots(epoch: bigint): Promise<Slot[]>;
  /** Of the running epoch, whose number is returned with it. */
  slotInputs(slot: bigint): Promise<{ epoch: bigint; inputs: Uint8Array }>;
  /** Of the running epoch, whose number is returned with it. */
  rows(slot: bigint): Promise<{ epoch: bigint; rows: Row[] }>;
  /** Bytes whose sha256 is the id. */
  modelFile(modelHex: string): Promise<Uint8Array>;
  /** By operator or hot key; undefined when nobody bonded it. */
  scorer(address: string): Promise<GetScorerReturnType | undefined>;
  convictions(epoch: bigint): Promise<Conviction[]>;
  /** In uassay. */
  balance(address: string): Promise<bigint>;
  /** What the account may claim, in uassay. */
  rewards(address: string): Promise<bigint>;
}

export interface TransactorSendOptions {
  id: string;
  /** Sent at once, independent of every other transaction of the account. */
  unordered?: boolean;
  signal: AbortSignal;
}

/** Signs and sends for one account. A send with an id is done at most once, also across restarts. */
export interface Transactor {
  readonly address: string;
  send(messages: EncodeObject[], options: TransactorSendOptions): Promise<unknown>;
}

export function createScorerChain(client: AssayClient): ScorerChain {
  return {
    chainId: client.chainId,
    arenas: () => getArenas(client),
    frozen: () => getFrozen(client),
    slots: (epoch) => getSlots(client, { epoch }),
    slotInputs: (slot) => getSlotInputs(client, { slot }),
    rows: (slot) => getRows(client, { slot }),
    modelFile: (modelHex) => getModelFile(client, { modelHex }),
    async scorer(address) {
      try {
        return await getScorer(client, { address });
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },
    convictions: (epoch) => getConvictions(client, { epoch }),
    balance: (address) => getBalance(client, { address }),
    rewards: (address) => getRewards(client, { address }),
  };
}
