import type { AssayClient } from "../client.ts";
import type { ReadErrorType } from "../errors.ts";
import { listAll, type ListParameters } from "../pages.ts";

export type GetLedgerParameters = ListParameters;

export interface GetLedgerReturnType {
  /** Amounts in uassay. */
  entries: { account: string; amount: bigint }[];
  /** Sum of all entries of the ledger, whatever part was asked for: the module's balance. */
  total: bigint;
}

export type GetLedgerErrorType = ReadErrorType;

/** The module's ledger of bonds, unbondings, escrows, pots and rewards. */
export async function getLedger(
  client: AssayClient,
  parameters: GetLedgerParameters = {},
): Promise<GetLedgerReturnType> {
  let total = 0n;
  const entries = await listAll(parameters, async (pagination) => {
    const response = await client.poi.Ledger({ pagination });
    total = BigInt(response.total);
    const items = response.entries.map(({ account, amount }) => ({ account, amount: BigInt(amount) }));
    return { items, pagination: response.pagination };
  });
  return { entries, total };
}
