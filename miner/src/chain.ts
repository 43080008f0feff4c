import { getArenas } from "@assay/client/actions/getArenas";
import { getBalance } from "@assay/client/actions/getBalance";
import { getClock } from "@assay/client/actions/getClock";
import { getContender, type GetContenderReturnType } from "@assay/client/actions/getContender";
import { getModel } from "@assay/client/actions/getModel";
import { getModelEpoch, type GetModelEpochReturnType } from "@assay/client/actions/getModelEpoch";
import { getModels } from "@assay/client/actions/getModels";
import { getParams } from "@assay/client/actions/getParams";
import { getRegistrationFee } from "@assay/client/actions/getRegistrationFee";
import { getReservation } from "@assay/client/actions/getReservation";
import { getRewards } from "@assay/client/actions/getRewards";
import { getSponsor } from "@assay/client/actions/getSponsor";
import { getSponsors } from "@assay/client/actions/getSponsors";
import type { AssayClient } from "@assay/client/client";
import { NotFoundError } from "@assay/client/errors";
import type { Arena } from "@assay/client/generated/assay/poi/v1/arena";
import type { Model, Reservation } from "@assay/client/generated/assay/poi/v1/model";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";

/** What a miner reads from the chain. Amounts in uassay. */
export interface MinerChain {
  readonly chainId: string;
  /** Of the last block. */
  height(): Promise<bigint>;
  arenas(): Promise<Arena[]>;
  /** The parameters of the next epoch. */
  params(): Promise<Params>;
  registrationFee(): Promise<bigint>;
  balance(address: string): Promise<bigint>;
  rewards(address: string): Promise<bigint>;
  model(modelHex: string): Promise<Model | undefined>;
  models(arena: bigint): Promise<Model[]>;
  reservation(hashHex: string): Promise<Reservation | undefined>;
  contender(modelHex: string): Promise<GetContenderReturnType | undefined>;
  /** What an epoch measured and paid; undefined when it did not settle or is not kept. */
  modelEpoch(modelHex: string, epoch: bigint): Promise<GetModelEpochReturnType | undefined>;
  /** Sponsors of an arena that are in their place and have batches a model reserved from now on may be measured on. */
  readySponsors(arena: bigint): Promise<number>;
}

export function chainOf(client: AssayClient): MinerChain {
  return {
    chainId: client.chainId,
    height: async () => (await getClock(client)).height,
    arenas: () => getArenas(client),
    params: () => getParams(client),
    registrationFee: async () => (await getRegistrationFee(client)).amount,
    balance: (address) => getBalance(client, { address }),
    rewards: (address) => getRewards(client, { address }),
    model: (modelHex) => orUndefined(getModel(client, { modelHex })),
    models: (arena) => getModels(client, { arena }),
    reservation: (hashHex) => orUndefined(getReservation(client, { hashHex })),
    contender: (modelHex) => orUndefined(getContender(client, { modelHex })),
    modelEpoch: (modelHex, epoch) => orUndefined(getModelEpoch(client, { modelHex, epoch })),
    readySponsors: (arena) => readySponsors(client, arena),
  };
}

/** The answer of a query, or undefined when there is no such thing. */
export async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

async function readySponsors(client: AssayClient, arena: bigint): Promise<number> {
  const sponsors = (await getSponsors(client, { arena })).filter(
    ({ approved, bonded }) => approved && bonded,
  );
  const details = await Promise.all(sponsors.map(({ address }) => getSponsor(client, { arena, address })));
  return details.filter(({ commitments }) => commitments.some(({ remaining }) => remaining > 0)).length;
}
