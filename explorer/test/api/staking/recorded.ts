import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AssayClient } from "@assay/client/client";
import { QueryClientImpl as PoiQuery } from "@assay/client/generated/assay/poi/v1/query";
import { QueryClientImpl as BankQuery } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { QueryClientImpl as StakingQuery } from "cosmjs-types/cosmos/staking/v1beta1/query";
import { createQueryRpc } from "@assay/client/rpc";
import type { NodeState } from "../../../api/node/state.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
/** Code of sdkerrors.ErrKeyNotFound. */
const NOT_FOUND = 22;

/** What a node of a local network answered: by path and request in hex, the answer in hex; null: there is no such thing. */
export type Answers = Record<string, string | null>;

/** The client's queries over anything that answers `abci_query`. */
export function clientOver(comet: AssayClient["comet"]): AssayClient {
  const rpc = createQueryRpc(comet);
  return {
    comet,
    poi: new PoiQuery(rpc),
    bank: new BankQuery(rpc),
    staking: new StakingQuery(rpc),
  } as unknown as AssayClient;
}

/** A node that answers as one did when it was recorded. */
export function recordedNode(): NodeState {
  const answers = JSON.parse(readFileSync(join(FIXTURES, "answers.json"), "utf8")) as Answers;
  const comet = {
    status: async () => ({ syncInfo: { latestBlockHeight: 3_000 } }),
    abciQuery: async ({ path, data }: { path: string; data: Uint8Array }) => {
      const answer = answers[`${path} ${Buffer.from(data).toString("hex")}`];
      if (answer === undefined) throw new Error(`${path} was not recorded with this request`);
      if (answer === null) return { code: NOT_FOUND, codespace: "sdk", log: "not found" };
      return { code: 0, value: Buffer.from(answer, "hex") };
    },
  };
  const client = clientOver(comet as unknown as AssayClient["comet"]);
  return { ask: async (_key, read) => ({ value: await read(client), height: 3_000, stale: false }) };
}
