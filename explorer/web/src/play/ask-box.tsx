import { depositFor } from "@assay/client/market/budget";
import { toHex } from "@cosmjs/encoding";
import { Coins, Sparkles } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { ServiceState } from "../../../wire/market.ts";
import { useNetwork } from "../api/live.ts";
import { Button, TextLink } from "../components/button.tsx";
import { formatCount, plural } from "../components/format.ts";
import { Amount } from "../components/values.tsx";
import { useWallet } from "../wallet/use-wallet.ts";
import type { PlayState } from "./playground.ts";

/** What the next answer costs and locks, and the button that asks. */
export function AskBox({
  service,
  state,
  ready,
  ask,
}: {
  service: ServiceState;
  state: PlayState;
  /** Whether there is something to ask. */
  ready: boolean;
  ask: () => void;
}): ReactNode {
  const wallet = useWallet();
  const network = useNetwork();
  const [preparing, setPreparing] = useState(false);
  const { account, kinds, testKeyAddress, problem } = wallet;
  const free = service.price === "0";
  const running = state.run?.running ?? false;
  const useTestKey = account === null && !free && kinds.includes("dev");

  const begin = async (): Promise<void> => {
    setPreparing(true);
    try {
      if (useTestKey) await (testKeyAddress === null ? wallet.createDevKey() : wallet.connect("dev"));
      ask();
    } finally {
      setPreparing(false);
    }
  };

  if (network === undefined) return null;
  if (account === null && !free && !useTestKey)
    return (
      <div className="grid gap-3">
        <PriceLine service={service} state={state} />
        <Button
          kind="primary"
          disabled={wallet.connecting !== null}
          onClick={() => void wallet.connect("keplr")}
        >
          Connect a wallet to pay
        </Button>
        {problem === null ? null : (
          <p role="alert" className="text-sm text-bad">
            {problem}
          </p>
        )}
      </div>
    );
  return (
    <div className="grid gap-3">
      <PriceLine service={service} state={state} />
      <Button
        kind="primary"
        className="min-h-11 text-base"
        disabled={!ready || running || preparing}
        onClick={() => void begin()}
      >
        {free ? (
          <Sparkles className="size-4" aria-hidden="true" />
        ) : (
          <Coins className="size-4" aria-hidden="true" />
        )}
        {running || preparing ? (
          "Asking …"
        ) : free ? (
          "Ask, it is free"
        ) : (
          <span>
            Pay <Price service={service} /> and ask
          </span>
        )}
      </Button>
      {useTestKey ? (
        <p className="text-xs text-muted">
          This is a test network: a key is made in this browser and the faucet fills it with worthless coins.{" "}
          <button
            type="button"
            className="text-accent hover:underline"
            onClick={() => void wallet.connect("keplr")}
          >
            Use a wallet instead
          </button>
        </p>
      ) : null}
      {problem === null ? null : (
        <p role="alert" className="text-sm text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}

function PriceLine({ service, state }: { service: ServiceState; state: PlayState }): ReactNode {
  if (service.price === "0")
    return <p className="text-sm text-muted">This service asks nothing for its answers.</p>;
  const { quote, run } = state;
  const { denom } = service;
  const channel = run?.answered?.receiptFile?.receipt.channel;
  if (quote?.first.kind === "nothing")
    return (
      <p className="text-sm text-muted">
        An answer costs <Price service={service} />. Your deposit still pays for{" "}
        {plural(Number(quote.callsLeft ?? 0n), "answer")}; what you do not use comes back when you{" "}
        {channel ? (
          <TextLink to={`/channels/${toHex(channel)}`}>close the channel</TextLink>
        ) : (
          "close the channel"
        )}
        .
      </p>
    );
  const cost = BigInt(service.price);
  const least = BigInt(service.minDeposit);
  const estimate = depositFor(cost) > least ? depositFor(cost) : least;
  const amount = quote?.first.amount ?? estimate;
  return (
    <p className="text-sm text-muted">
      An answer costs <Price service={service} />. The first call locks{" "}
      <Amount amount={String(amount)} denom={denom} digits={6} /> in a channel with this provider, enough for
      about {formatCount(amount / cost)} answers; it pays only for answers, and the rest comes back when you
      close the channel.
    </p>
  );
}

function Price({ service: { price, denom } }: { service: ServiceState }): ReactNode {
  const network = useNetwork();
  if (network && denom !== network.denom.base) return <Amount amount={price} denom={denom} />;
  // All six decimals: prices are small, and one should see what one pays.
  const digits = price.padStart(7, "0");
  return (
    <span className="whitespace-nowrap">
      {formatCount(BigInt(digits.slice(0, -6)))}.{digits.slice(-6)} {network?.denom.display ?? "ASSAY"}
    </span>
  );
}
