import { Comet38Client } from "@cosmjs/tendermint-rpc";
import { QueryClientImpl as AuthQuery } from "cosmjs-types/cosmos/auth/v1beta1/query";
import { QueryClientImpl as BankQuery } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { QueryClientImpl as StakingQuery } from "cosmjs-types/cosmos/staking/v1beta1/query";
import { ServiceClientImpl as TxService } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { WrongChainIdError } from "./errors.ts";
import { QueryClientImpl as MarketplaceQuery } from "./generated/assay/marketplace/v1/query.ts";
import { QueryClientImpl as PoiQuery } from "./generated/assay/poi/v1/query.ts";
import { createQueryRpc, createRpc } from "./rpc.ts";

/** A connection to one node. Actions (`actions/*.ts`) and the sender take it as their first argument. */
export interface AssayClient {
  readonly chainId: string;
  readonly rpcUrl: string;
  /** CometBFT RPC. */
  readonly comet: Comet38Client;
  /** x/poi queries as generated; the actions are easier to use. */
  readonly poi: PoiQuery;
  /** x/marketplace queries as generated. */
  readonly marketplace: MarketplaceQuery;
  readonly auth: AuthQuery;
  readonly bank: BankQuery;
  readonly staking: StakingQuery;
  readonly tx: TxService;
}

export interface CreateClientParameters {
  /** The node's RPC address, e.g. "http://127.0.0.1:26657". */
  rpcUrl: string;
  /** Refuse a node of any other chain. */
  chainId?: string;
  /** For one attempt of one call, in milliseconds. Default 10,000. */
  timeoutMs?: number;
  /** Longest answer that is read, in bytes. Default 16 MiB. */
  maxResponseBytes?: number;
  /** How often a read is tried in all. Default 3. */
  attempts?: number;
  /** Ends every call of this client. */
  signal?: AbortSignal;
}

/**
 * Connects to a node and checks which chain it belongs to.
 *
 * Throws ChainUnreachableError, RpcTimeoutError, WrongChainIdError.
 */
export async function createClient(parameters: CreateClientParameters): Promise<AssayClient> {
  const {
    rpcUrl,
    chainId,
    timeoutMs = 10_000,
    maxResponseBytes = 16 * 2 ** 20,
    attempts = 3,
    signal,
  } = parameters;
  // Comet38Client.create is explicit on purpose: cosmjs' detection of the version fails with CometBFT 0.39 and later.
  const comet = Comet38Client.create(
    createRpc({ url: rpcUrl, timeoutMs, maxResponseBytes, attempts, signal }),
  );
  const status = await comet.status();
  if (chainId !== undefined && status.nodeInfo.network !== chainId) {
    throw new WrongChainIdError(rpcUrl, chainId, status.nodeInfo.network);
  }
  const rpc = createQueryRpc(comet);
  return {
    chainId: status.nodeInfo.network,
    rpcUrl,
    comet,
    poi: new PoiQuery(rpc),
    marketplace: new MarketplaceQuery(rpc),
    auth: new AuthQuery(rpc),
    bank: new BankQuery(rpc),
    staking: new StakingQuery(rpc),
    tx: new TxService(rpc),
  };
}
