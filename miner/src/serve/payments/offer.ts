import type { Signed, Voucher } from "@assay/client/market/bytes";
import { encodePaymentRequired, HEADER, paymentRequiredBody } from "@assay/client/market/x402";
import type { Params } from "@assay/client/generated/assay/marketplace/v1/params";
import type { Service } from "@assay/client/generated/assay/marketplace/v1/service";
import { Refusal } from "../gate.ts";

/** How long an offer of ours holds. */
const MAX_TIMEOUT_SECONDS = 60;

/** What a service asks for, as of now. */
export interface Offer {
  readonly chainId: string;
  readonly service: Service;
  readonly params: Params;
  /** Where its calls go. */
  readonly url: string;
}

export interface Fault {
  readonly code: string;
  /** For people. */
  readonly message: string;
  /** 402 when left out. */
  readonly status?: number;
  /** Items of the call; one when the body was not read. */
  readonly items?: number;
  /** The newest voucher on the lane, for a client that lost its state. */
  readonly lastVoucher?: Signed<Voucher> | undefined;
  readonly cause?: unknown;
}

/** What is wrong with a payment, together with what would be right. */
export function refusalOf({ chainId, service, params, url }: Offer, fault: Fault): Refusal {
  const { id, name, price, denom, provider, servingKey, model } = service;
  const { code, message, status = 402, items = 1, lastVoucher, cause } = fault;
  const required = {
    error: message,
    code,
    resource: { url, description: name, mimeType: "application/json" },
    terms: {
      chainId,
      price,
      servingKey,
      model,
      lastVoucher,
      amount: price * BigInt(items),
      asset: denom,
      payTo: provider,
      maxTimeoutSeconds: MAX_TIMEOUT_SECONDS,
      service: id,
      minDeposit: BigInt(params.denoms.find((allowed) => allowed.denom === denom)?.minDeposit ?? 0),
      graceBlocks: params.graceBlocks,
    },
  };
  return new Refusal(status, code, message, {
    headers: { [HEADER.required]: encodePaymentRequired(required) },
    body: paymentRequiredBody(required),
    cause,
  });
}
