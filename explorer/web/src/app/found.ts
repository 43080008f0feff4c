import type { Found } from "../../../wire/search.ts";

const KINDS: Readonly<Record<Found["kind"], { name: string; group: string; path: string }>> = {
  block: { name: "Block", group: "Blocks and transactions", path: "/blocks/" },
  tx: { name: "Transaction", group: "Blocks and transactions", path: "/txs/" },
  account: { name: "Account", group: "Addresses", path: "/accounts/" },
  validator: { name: "Validator", group: "Addresses", path: "/validators/" },
  scorer: { name: "Scorer", group: "Addresses", path: "/scorers/" },
  sponsor: { name: "Sponsor", group: "Addresses", path: "/sponsors/" },
  model: { name: "Model", group: "Models", path: "/models/" },
  service: { name: "Service", group: "Services", path: "/services/" },
  arena: { name: "Arena", group: "Arenas", path: "/arenas/" },
  epoch: { name: "Epoch", group: "Epochs", path: "/epochs/" },
  channel: { name: "Channel", group: "Channels", path: "/channels/" },
};

const MIXED: ReadonlySet<string> = new Set(["Blocks and transactions", "Addresses"]);

/** The page of something that was found. */
export function pathOf({ kind, id }: Found): string {
  return KINDS[kind].path + id;
}

/** "Block", "Model" … */
export function kindName(kind: Found["kind"]): string {
  return KINDS[kind].name;
}

/**
 * What was found, grouped; groups in the order of their best result.
 * `mixed`: there may be several kinds in the group, so that each result must say what it is.
 */
export function grouped(items: readonly Found[]): { group: string; mixed: boolean; items: Found[] }[] {
  const groups = Map.groupBy(items, ({ kind }) => KINDS[kind].group);
  return [...groups].map(([group, members]) => ({ group, mixed: MIXED.has(group), items: members }));
}
