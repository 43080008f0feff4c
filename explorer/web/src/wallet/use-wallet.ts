import { useEffect, useSyncExternalStore } from "react";
import { useNetwork } from "../api/live.ts";
import { keplrOf } from "./keplr.ts";
import { WalletStore, type WalletState } from "./store.ts";

export type { WalletAccount, WalletKind } from "./store.ts";

export interface Wallet
  extends
    WalletState,
    Pick<
      WalletStore,
      | "connect"
      | "createDevKey"
      | "importDevKey"
      | "exportDevKey"
      | "deleteDevKey"
      | "disconnect"
      | "setAmino"
    > {}

type Actions = Omit<Wallet, keyof WalletState>;

let made: { store: WalletStore; actions: Actions } | undefined;

/** The wallet of this document; one for all its parts. */
function walletOfDocument(): { store: WalletStore; actions: Actions } {
  if (made) return made;
  const store = new WalletStore({
    keplr: () => keplrOf(window),
    storage: localStorage,
    events: window,
    origin: location.origin,
  });
  const actions: Actions = {
    connect: (kind) => store.connect(kind),
    createDevKey: () => store.createDevKey(),
    importDevKey: (mnemonic) => store.importDevKey(mnemonic),
    exportDevKey: () => store.exportDevKey(),
    deleteDevKey: () => store.deleteDevKey(),
    disconnect: () => store.disconnect(),
    setAmino: (amino) => store.setAmino(amino),
  };
  made = { store, actions };
  return made;
}

/**
 * The account that is connected, and how to connect one.
 *
 *     const { account, connect } = useWallet();
 *     if (account === null) return <Button onClick={() => void connect("keplr")}>Connect</Button>;
 */
export function useWallet(): Wallet {
  const { store, actions } = walletOfDocument();
  const network = useNetwork();
  useEffect(() => {
    if (network) void store.use(network);
  }, [store, network]);
  return { ...useSyncExternalStore(store.subscribe, store.getState), ...actions };
}
