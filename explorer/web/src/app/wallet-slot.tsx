import { Wallet } from "lucide-react";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { Button } from "../components/button.tsx";

const WalletButton = lazy(async () => ({
  default: (await import("../wallet/wallet-button.tsx")).WalletButton,
}));

/** At the latest, on a page that is never idle. */
const LATEST_MS = 3_000;

/**
 * The header's wallet. Its code comes when the page has nothing else to do, or when it is pressed; until then a button
 * of the same looks stands there, so that nothing moves and a press is not lost.
 */
export function WalletSlot(): ReactNode {
  const [idle, setIdle] = useState(false);
  const [pressed, setPressed] = useState(false);
  useEffect(() => whenIdle(() => setIdle(true)), []);
  const place = (
    <Button kind="primary" aria-haspopup="dialog" aria-expanded={false} onClick={() => setPressed(true)}>
      <Wallet className="size-4" aria-hidden="true" />
      Connect
    </Button>
  );
  if (!idle && !pressed) return place;
  return (
    <Suspense fallback={place}>
      <WalletButton initiallyOpen={pressed} />
    </Suspense>
  );
}

/** Calls back once the document is loaded and nothing is waiting to be done. Returns how to cancel. */
function whenIdle(callback: () => void): () => void {
  const cancelled = new AbortController();
  const wait = (): void => {
    // Safari has no requestIdleCallback.
    if (!("requestIdleCallback" in window)) {
      const timer = setTimeout(callback, LATEST_MS / 2);
      cancelled.signal.addEventListener("abort", () => clearTimeout(timer));
      return;
    }
    const request = requestIdleCallback(callback, { timeout: LATEST_MS });
    cancelled.signal.addEventListener("abort", () => cancelIdleCallback(request));
  };
  if (document.readyState === "complete") wait();
  else window.addEventListener("load", wait, { once: true, signal: cancelled.signal });
  return () => cancelled.abort();
}
