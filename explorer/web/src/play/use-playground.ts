import { useEffect, useState, useSyncExternalStore } from "react";
import { useNetwork } from "../api/live.ts";
import { openModel } from "../verify/model.ts";
import { askFaucet } from "../wallet/faucet.ts";
import { useWallet } from "../wallet/use-wallet.ts";
import { openBuying } from "./buying.ts";
import { Playground, type PlayedService, type PlayState } from "./playground.ts";

/** The playground of one service for as long as its page is shown; undefined until the network is known. */
export function usePlayground({ id, modelHex, free }: PlayedService): Playground | undefined {
  const { account } = useWallet();
  const network = useNetwork();
  const hasFaucet = network && network.faucet !== null;
  const [playground, setPlayground] = useState<Playground>();
  useEffect(() => {
    if (hasFaucet === undefined) return;
    const made = new Playground({
      service: { id, modelHex, free },
      openBuying,
      openModel,
      askFaucet: hasFaucet ? askFaucet : undefined,
      now: () => performance.now(),
    });
    setPlayground(made);
    return () => made.close();
  }, [id, modelHex, free, hasFaucet]);
  useEffect(() => playground?.setAccount(account), [playground, account]);
  return playground;
}

export function usePlayState(playground: Playground): PlayState {
  return useSyncExternalStore(playground.subscribe, playground.getState);
}
