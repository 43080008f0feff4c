import { BASE_DENOM } from "@assay/client/messages";
import { getNetwork, getStatus, type Network } from "../../wire/network.ts";
import type { Follower } from "./events.ts";
import { serve, type Route } from "./route.ts";

export interface NetworkSettings {
  publicRpc: string | undefined;
  publicRest: string | undefined;
  /** Chains for trials, where a page may offer a key of its own. */
  localChains: readonly string[];
  /** What the faucet gives now, null when there is none. */
  faucet: () => Network["faucet"];
}

/** Path of the JSON-RPC proxy. */
export const RPC_PATH = "/api/rpc";

/** Routes about the network as a whole, which are not of the index. */
export function networkRoutes(follower: Follower, settings: NetworkSettings): Route[] {
  return [
    serve(getStatus, async () => follower.status),
    serve(getNetwork, async () => {
      const { chainId } = follower.status;
      return {
        chainId,
        bech32Prefix: "assay",
        denom: { base: BASE_DENOM, display: "ASSAY", exponent: 6 },
        rpcPath: RPC_PATH,
        publicRpc: settings.publicRpc ?? null,
        publicRest: settings.publicRest ?? null,
        local: settings.localChains.includes(chainId),
        faucet: settings.faucet(),
      };
    }),
  ];
}
