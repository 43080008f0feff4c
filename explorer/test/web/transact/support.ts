import type { AssayClient } from "@assay/client/client";
import { createMemoryStore } from "@assay/client/market/buyer-store";
import type { QueryRpc } from "@assay/client/rpc";
import type { Network } from "../../../wire/network.ts";
import type { FormContext } from "../../../web/src/transact/form.ts";

export const NETWORK: Network = {
  chainId: "assay-test-1",
  bech32Prefix: "assay",
  denom: { base: "uassay", display: "ASSAY", exponent: 6 },
  rpcPath: "/api/rpc",
  publicRpc: null,
  publicRest: null,
  local: true,
  faucet: null,
};

export const ALICE = "assay1g2rkeupyfyzdg8jue6x27ujswx0z8e6vh0sftl";
export const BOB = "assay1pcdrr4aw32evtxchr52v6xh8ppgf6ztkwn6j8h";
/** Alice's bytes with the prefix of operators. */
export const VALIDATOR = "assayvaloper1g2rkeupyfyzdg8jue6x27ujswx0z8e6vmmj6cx";

/** Queries of one module: a method's name to its answer. */
type Answers = Readonly<Record<string, (request: never) => unknown>>;

/**
 * A context whose chain answers what the test says, and fails the test with the name of anything else that is asked.
 */
export function contextOf(
  answers: { [Module in "poi" | "marketplace" | "bank" | "staking"]?: Answers } & {
    /** By path, e.g. "cosmos.gov.v1.Query/Proposal": encoded answers. */
    rpc?: Readonly<Record<string, Uint8Array>>;
    height?: number;
  } = {},
): FormContext {
  const module = (name: string, methods: Answers = {}): unknown =>
    new Proxy(methods, {
      get: (_, method: string) => (request: never) => {
        const answer = methods[method];
        if (!answer) throw new Error(`the form asked ${name} for ${method}`);
        return Promise.resolve(answer(request));
      },
    });
  const client = {
    chainId: NETWORK.chainId,
    comet: {
      status: () => Promise.resolve({ syncInfo: { latestBlockHeight: answers.height ?? 100 } }),
    },
    poi: module("poi", answers.poi),
    marketplace: module("marketplace", answers.marketplace),
    bank: module("bank", answers.bank),
    staking: module("staking", answers.staking),
  } as unknown as AssayClient;
  const rpc: QueryRpc = {
    request: (service, method) => {
      const answer = answers.rpc?.[`${service}/${method}`];
      return answer
        ? Promise.resolve(answer)
        : Promise.reject(new Error(`no answer to ${service}/${method}`));
    },
  };
  const store = createMemoryStore();
  return {
    network: NETWORK,
    chain: { client, rpc, gasPrice: "0.01uassay" },
    address: ALICE,
    openStore: () => Promise.resolve(store),
  };
}
