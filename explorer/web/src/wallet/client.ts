import { getBalance } from "@assay/client/actions/getBalance";
import { createClient, type AssayClient } from "@assay/client/client";
import { createQueryRpc, type QueryRpc } from "@assay/client/rpc";
import { ServiceClientImpl as NodeService } from "cosmjs-types/cosmos/base/node/v1beta1/query";

/**
 * The chain as transactions need it, through this explorer's RPC. This module brings cosmjs: import it only from chunks
 * that are loaded when somebody is about to send something.
 */
export interface Chain {
  readonly client: AssayClient;
  /** For modules that the client has no queries of. */
  readonly rpc: QueryRpc;
  /** What the node wants per unit of gas, e.g. "0.005uassay". */
  readonly gasPrice: string;
}

let chain: Promise<Chain> | undefined;

/** Connects once; again after a failure. Throws what `createClient` throws. */
export function loadChain(): Promise<Chain> {
  chain ??= connect(`${location.origin}/api/rpc`).catch((error: unknown) => {
    chain = undefined;
    throw error;
  });
  return chain;
}

/** Connects to the node behind `rpcUrl`. */
export async function connect(rpcUrl: string): Promise<Chain> {
  const client = await createClient({ rpcUrl });
  const rpc = createQueryRpc(client.comet);
  const { minimumGasPrice } = await new NodeService(rpc).Config({});
  // A node that asks for nothing says nothing; one that takes several coins lists them.
  const price = minimumGasPrice.split(",").find((entry) => entry.endsWith("uassay"));
  return { client, rpc, gasPrice: price || "0uassay" };
}

/** What an account can spend of the native coin, in uassay. */
export function balanceOf({ client }: Chain, address: string): Promise<bigint> {
  return getBalance(client, { address });
}
