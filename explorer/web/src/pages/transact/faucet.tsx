import { useState, type ReactNode } from "react";
import { useNetwork } from "../../api/live.ts";
import { Button, TextLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Empty, Skeleton } from "../../components/empty.tsx";
import { Field } from "../../components/field.tsx";
import { formatAmount } from "../../components/format.ts";
import { Page } from "../../components/page.tsx";
import { TxHash } from "../../components/values.tsx";
import { Connect } from "../../wallet/connect.tsx";
import { useFaucet } from "../../wallet/use-faucet.ts";
import { useWallet } from "../../wallet/use-wallet.ts";

/** Gives coins of a test network away. */
export function Faucet(): ReactNode {
  const network = useNetwork();
  return (
    <Page
      title="Faucet"
      lead="Gives you coins of this test network to try things out with. They are worth nothing anywhere."
    >
      {network === undefined ? (
        <Skeleton />
      ) : network.faucet === null ? (
        <Empty title="This network has no faucet.">
          Faucets exist on test networks only. Coins of this network come from other people.
        </Empty>
      ) : (
        <Ask
          amount={network.faucet.amount}
          exponent={network.denom.exponent}
          display={network.denom.display}
        />
      )}
    </Page>
  );
}

function Ask({
  amount,
  exponent,
  display,
}: {
  amount: string;
  exponent: number;
  display: string;
}): ReactNode {
  const { account } = useWallet();
  const [typed, setTyped] = useState<string>();
  const faucet = useFaucet();
  const address = (typed ?? account?.address ?? "").trim();
  return (
    <div className="grid max-w-xl gap-5">
      <Card title={`Get ${formatAmount(amount, exponent, exponent)} ${display}`}>
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            faucet.mutate(address);
          }}
        >
          <Field label="For the address" hint="Yours, or anybody else's on this chain.">
            {(field) => (
              <input
                {...field}
                type="text"
                autoComplete="off"
                spellCheck={false}
                className={`${field.className} font-mono`}
                value={typed ?? account?.address ?? ""}
                onChange={(event) => setTyped(event.target.value)}
              />
            )}
          </Field>
          <div>
            <Button type="submit" kind="primary" disabled={faucet.isPending || address === ""}>
              {faucet.isPending ? "Asking the faucet…" : "Get coins"}
            </Button>
          </div>
          <div aria-live="polite" className="text-sm">
            {faucet.isSuccess ? (
              <p>
                Sent{faucet.data.hash === undefined ? "" : " in "}
                {faucet.data.hash === undefined ? null : <TxHash hash={faucet.data.hash} copy />}.{" "}
                <TextLink to={`/accounts/${faucet.variables}`}>Look at the account</TextLink>
              </p>
            ) : null}
            {faucet.isError ? <p className="text-bad">{faucet.error.message}</p> : null}
          </div>
        </form>
      </Card>
      {account === null ? (
        <Card title="No address yet?" lead="Connect an account; its address is filled in for you.">
          <Connect />
        </Card>
      ) : null}
    </div>
  );
}
