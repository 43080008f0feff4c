import { useRouterState } from "@tanstack/react-router";
import { Wallet as WalletIcon } from "lucide-react";
import { Popover } from "radix-ui";
import { useState, type ReactNode } from "react";
import { useNetwork } from "../api/live.ts";
import { Badge } from "../components/badge.tsx";
import { Button, LinkButton } from "../components/button.tsx";
import { shorten } from "../components/format.ts";
import { Address, Amount } from "../components/values.tsx";
import { Connect } from "./connect.tsx";
import type { WalletAccount } from "./store.ts";
import { TestKeyDialog } from "./test-key-dialog.tsx";
import { TestKeyWarning } from "./test-key-warning.tsx";
import { useBalance } from "./use-balance.ts";
import { useFaucet } from "./use-faucet.ts";
import { useWallet } from "./use-wallet.ts";

/** The header's menu of the account that signs; `initiallyOpen` when it was asked for before it was there. */
export function WalletButton({ initiallyOpen }: { initiallyOpen: boolean }): ReactNode {
  const { account } = useWallet();
  const [dialog, setDialog] = useState(false);
  const place = useRouterState({ select: ({ location }) => location.href });
  const [openAt, setOpenAt] = useState(initiallyOpen ? place : null);
  const open = openAt === place;
  // Another page closes it for good.
  if (openAt !== null && !open) setOpenAt(null);
  const setOpen = (to: boolean): void => setOpenAt(to ? place : null);
  return (
    <>
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger asChild>
          <Button kind={account ? "secondary" : "primary"}>
            <WalletIcon className="size-4" aria-hidden="true" />
            {account === null ? (
              "Connect"
            ) : (
              <>
                <span className="sr-only">Account </span>
                <span className="font-mono max-sm:sr-only">{shorten(account.address, 8, 4)}</span>
                {account.kind === "dev" ? <Badge tone="warn">test key</Badge> : null}
              </>
            )}
          </Button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            align="end"
            sideOffset={6}
            collisionPadding={12}
            aria-label="Account"
            className="z-40 grid w-[min(22rem,calc(100vw-1.5rem))] gap-3 rounded-xl border border-line bg-surface p-4 shadow-xl"
          >
            {account === null ? (
              <Connect />
            ) : (
              <AccountMenu
                account={account}
                showTestKey={() => {
                  setOpen(false);
                  setDialog(true);
                }}
              />
            )}
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      {/* Outside of the popover, which closes when the dialog takes the focus. */}
      <TestKeyDialog open={dialog} onOpenChange={setDialog} />
    </>
  );
}

function AccountMenu({ account, showTestKey }: { account: WalletAccount; showTestKey(): void }): ReactNode {
  const { disconnect, setAmino, amino } = useWallet();
  const network = useNetwork();
  const balance = useBalance(account.address);
  const faucet = useFaucet();
  return (
    <>
      {account.kind === "dev" ? <TestKeyWarning /> : null}
      <div>
        <p className="text-sm text-muted">{account.name}</p>
        <Address address={account.address} copy />
      </div>
      <p className="text-lg font-semibold" aria-live="polite">
        {balance.data === undefined ? (
          <span className="text-sm font-normal text-muted">
            {balance.isError ? "The balance could not be read." : "Reading the balance…"}
          </span>
        ) : (
          <Amount amount={balance.data.toString()} digits={6} />
        )}
      </p>
      <div className="grid grid-cols-2 gap-2">
        <LinkButton to="/transact/send">Send</LinkButton>
        <LinkButton to="/transact">All transactions</LinkButton>
      </div>
      {network?.faucet ? (
        <Button disabled={faucet.isPending} onClick={() => faucet.mutate(account.address)}>
          {faucet.isPending ? "Asking the faucet…" : "Get test coins"}
        </Button>
      ) : null}
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          className="mt-1"
          checked={account.signMode === "amino"}
          disabled={account.ledger}
          onChange={(event) => void setAmino(event.target.checked)}
        />
        <span>
          Sign with amino JSON
          <span className="block text-xs text-muted">
            {account.ledger
              ? "A Ledger device can sign nothing else."
              : amino
                ? "The older format, which Ledger devices show."
                : "Only needed for wallets and devices that cannot sign the newer format."}
          </span>
        </span>
      </label>
      <div className="grid gap-2 border-t border-line pt-3">
        {account.kind === "dev" ? (
          <Button onClick={showTestKey}>Show, export or delete the test key</Button>
        ) : null}
        <Button kind="ghost" onClick={disconnect}>
          Disconnect
        </Button>
      </div>
    </>
  );
}
