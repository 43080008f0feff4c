/** The buyer of a session: its account, its budget, and what must survive it, in the data folder. */
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { Budget } from "@assay/client/market/budget";
import { createBuyer, type Buyer } from "@assay/client/market/buyer";
import { createSender } from "@assay/client/sender";
import { createBuyerStore } from "@assay/service-kit/buyer-store";
import { importSigningKey, verifySignature } from "@assay/service-kit/ed25519";
import { createJournal } from "@assay/service-kit/journal";
import { openStore } from "@assay/service-kit/store";
import type { Session } from "../session.ts";

/** Calls go one after the other here, so that one lane is enough; a few more outlive providers that fail. */
const LANES = 4;

/** Folder of what an account keeps of its purchases on a chain. */
export function purchasesFolder(session: Session, chainId: string, address: string): string {
  return join(session.settings.data, chainId, address);
}

export interface BuyerOptions {
  readonly budget?: Budget;
  /** Whose coins are locked, by its approval. */
  readonly funder?: string | undefined;
}

/**
 * Runs `body` with a buyer of the session's key. One at a time per account: it throws StoreLockedError while another
 * command buys.
 */
export async function withBuyer<Result>(
  session: Session,
  { budget, funder }: BuyerOptions,
  body: (buyer: Buyer) => Promise<Result>,
): Promise<Result> {
  const client = await session.client();
  const { signer, address } = await session.key();
  const store = openStore(purchasesFolder(session, client.chainId, address), { migrations: [] });
  try {
    const { gasPrice } = session.settings;
    const sender = createSender({
      client,
      signer,
      address,
      gasPrice,
      signal: session.signal,
      journal: createJournal(store),
    });
    const buyer = createBuyer({
      client,
      sender,
      lanes: LANES,
      ed25519: { importSigningKey, verifySignature },
      store: createBuyerStore(store),
      // Nothing is locked that nobody was asked about.
      topUpInAdvance: false,
      ...(budget && { budget }),
      ...(funder !== undefined && { funder }),
    });
    return await body(buyer);
  } finally {
    // What the buyer records without waiting for it is written at the end of this turn.
    await turn();
    store.close();
  }
}
