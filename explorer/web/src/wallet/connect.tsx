import { KeyRound, Wallet as WalletIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { keplrOf } from "./keplr.ts";
import { TestKeyDialog } from "./test-key-dialog.tsx";
import { TestKeyWarning } from "./test-key-warning.tsx";
import { useWallet } from "./use-wallet.ts";

/** The ways to connect an account that this network offers. */
export function Connect(): ReactNode {
  const { kinds, connecting, problem, testKeyAddress, connect } = useWallet();
  const [dialog, setDialog] = useState(false);
  const busy = connecting !== null;
  return (
    <div className="grid gap-3">
      {keplrOf(window) ? (
        <Button kind="primary" disabled={busy} onClick={() => void connect("keplr")}>
          <WalletIcon className="size-4" aria-hidden="true" />
          {connecting === "keplr" ? "Waiting for the wallet…" : "Connect wallet"}
        </Button>
      ) : (
        <p className="text-sm text-muted">
          This browser has no wallet. Install Keplr (keplr.app), or another wallet that speaks its interface,
          and load this page again.
        </p>
      )}
      {kinds.includes("dev") ? (
        <>
          {testKeyAddress === null ? (
            <Button disabled={busy} onClick={() => setDialog(true)}>
              <KeyRound className="size-4" aria-hidden="true" />
              Use a test key
            </Button>
          ) : (
            <Button disabled={busy} onClick={() => void connect("dev")}>
              <KeyRound className="size-4" aria-hidden="true" />
              Use the test key of this browser
            </Button>
          )}
          <TestKeyWarning />
          <TestKeyDialog open={dialog} onOpenChange={setDialog} />
        </>
      ) : null}
      {problem === null ? null : (
        <p role="alert" className="text-sm text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}
