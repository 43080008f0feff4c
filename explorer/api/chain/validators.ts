import { createHash } from "node:crypto";
import { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import type { Signer } from "../../wire/chain.ts";
import { HttpError } from "../http/errors.ts";
import type { NodeState } from "../node/state.ts";
import { cleanText } from "../text.ts";

const MONIKER_LENGTH = 70;
/** The staking module has no more by default than 100 active ones; the others come behind them. */
const MOST = 1_000n;

/** Names of validators, by consensus address (upper-case hex) and by operator address. */
export class ValidatorNames {
  readonly #byConsensus: ReadonlyMap<string, Signer>;
  readonly #byOperator: ReadonlyMap<string, string>;

  constructor(validators: readonly Signer[]) {
    this.#byConsensus = new Map(validators.map((validator) => [validator.address, validator]));
    this.#byOperator = new Map(validators.map(({ operator, moniker }) => [operator ?? "", moniker ?? ""]));
  }

  signer(address: string): Signer {
    return this.#byConsensus.get(address) ?? { address, operator: null, moniker: null };
  }

  moniker(operator: string): string {
    return this.#byOperator.get(operator) ?? "";
  }
}

/** The present validators. None while the node is away and was never asked: names are a convenience. */
export async function validatorNames(node: NodeState): Promise<ValidatorNames> {
  try {
    const { value } = await node.ask("chain/validators", async (client) => {
      const { validators } = await client.staking.Validators({
        status: "",
        pagination: PageRequest.fromPartial({ limit: MOST }),
      });
      return validators.map(
        ({ operatorAddress, consensusPubkey, description }): Signer => ({
          address: consensusAddress(consensusPubkey),
          operator: operatorAddress,
          moniker: cleanText(description?.moniker ?? "", MONIKER_LENGTH),
        }),
      );
    });
    return new ValidatorNames(value);
  } catch (error) {
    if (error instanceof HttpError) return new ValidatorNames([]);
    throw error;
  }
}

/** What CometBFT calls a validator in blocks: the first 20 bytes of the key's SHA-256. Empty for other keys. */
export function consensusAddress(key: { typeUrl: string; value: Uint8Array } | undefined): string {
  if (key?.typeUrl !== "/cosmos.crypto.ed25519.PubKey") return "";
  const { key: bytes } = PubKey.decode(key.value);
  return createHash("sha256").update(bytes).digest("hex").slice(0, 40).toUpperCase();
}
