import { getBalance } from "@assay/client/actions/getBalance";
import type { AssayClient } from "@assay/client/client";
import { sendTokens } from "@assay/client/messages";
import { createSender } from "@assay/client/sender";
import type { Journal } from "@assay/client/journal";
import type { Key } from "@assay/service-kit/keys";
import type { FaucetAccount } from "./faucet.ts";

export interface FaucetAccountOptions {
  client: AssayClient;
  key: Key;
  journal: Journal;
  gasPrice: string;
  signal: AbortSignal;
}

/** Gives from the account of a key, which nobody else should send from. */
export function createFaucetAccount(options: FaucetAccountOptions): FaucetAccount {
  const { client, key, journal, gasPrice, signal } = options;
  const { address, signer } = key;
  const sender = createSender({ client, signer, address, journal, gasPrice, signal });
  return {
    address,
    balance: (holder) => getBalance(client, { address: holder }),
    async send(id, to, amount) {
      const { hash, height } = await sender.send([sendTokens({ from: address, to, amount })], { id });
      return { hash, height };
    },
    // The sender forgets what it knows to be lost.
    maySend: async (id) => (await journal.get(id)) !== undefined,
    forget: (id) => journal.delete(id),
  };
}
