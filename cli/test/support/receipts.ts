import { callHash, inputRoot, outputRoot, receiptDigest } from "@assay/client/market/bytes";
import { generateSigningKey, type SigningKey } from "@assay/client/market/ed25519";
import type { ReceiptFile } from "@assay/client/market/x402";

export interface Signing {
  readonly chainId: string;
  readonly service: bigint;
  readonly model: Uint8Array;
  readonly items: readonly Uint8Array[];
  readonly outputs: readonly Int32Array[];
  readonly channel?: Uint8Array;
  readonly key?: SigningKey;
}

/** What a provider would sign for these items and outputs, right or wrong. */
export async function signedReceipt(signing: Signing): Promise<ReceiptFile> {
  const { chainId, service, model, items, outputs, channel = new Uint8Array(32) } = signing;
  const key = signing.key ?? (await generateSigningKey());
  const salt = new Uint8Array(16).fill(3);
  const root = inputRoot(items);
  const receipt = {
    service,
    channel,
    lane: 0,
    amount: 0n,
    callHash: callHash(salt, service, root),
    items: items.length,
    inputRoot: root,
    outputRoot: outputRoot(outputs),
  };
  const signature = await key.sign(receiptDigest(chainId, receipt));
  return {
    chainId,
    salt,
    items,
    outputs,
    model,
    servingKey: key.publicKey,
    receipt: { ...receipt, signature },
  };
}
