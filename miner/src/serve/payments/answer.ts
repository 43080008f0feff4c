import { outputRoot, receiptDigest, type Receipt, type Voucher } from "@assay/client/market/bytes";
import {
  encodePaymentResponse,
  encodeReceipt,
  HEADER,
  type PaymentResponse,
} from "@assay/client/market/x402";
import type { ResponseHeaders } from "../gate.ts";

/** What was asked. */
export interface Input {
  readonly items: number;
  /** Over the items. */
  readonly root: Uint8Array;
}

/** Signs a digest with the serving key. */
export type Sign = (digest: Uint8Array) => Uint8Array;

/** The receipt of a free call has no voucher. */
const FREE: Pick<Voucher, "channel" | "lane" | "amount"> = {
  channel: new Uint8Array(32),
  lane: 0,
  amount: 0n,
};

/** The receipt of an answer, as a header; of a paid call when there is a voucher. */
export function receiptHeader(
  sign: Sign,
  call: { chainId: string; service: bigint; callHash: Uint8Array; voucher?: Voucher },
  input: Input,
  outputs: readonly Int32Array[],
): ResponseHeaders {
  const { chainId, service, voucher } = call;
  const { channel, lane, amount } = voucher ?? FREE;
  const receipt: Receipt = {
    service,
    channel,
    lane,
    amount,
    callHash: call.callHash,
    items: input.items,
    inputRoot: input.root,
    outputRoot: outputRoot(outputs),
  };
  const signature = sign(receiptDigest(chainId, receipt));
  return { [HEADER.receipt]: encodeReceipt({ chainId, receipt: { ...receipt, signature } }) };
}

export function paymentHeader(response: PaymentResponse): ResponseHeaders {
  return { [HEADER.response]: encodePaymentResponse(response) };
}
