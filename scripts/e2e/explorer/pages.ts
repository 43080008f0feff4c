import { getArenas } from "@assay/client/actions/getArenas";
import { getModels } from "@assay/client/actions/getModels";
import { getServices } from "@assay/client/actions/getServices";
import type { AssayClient } from "@assay/client/client";
import { toHex } from "@cosmjs/encoding";
import { z } from "zod";

/** A page to look at: its name in the folder of screenshots, and its path. */
export interface PageToVisit {
  name: string;
  path: string;
}

const list = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item).min(1) });

/** Every page of the explorer, with ids of things that exist on this network. */
export async function everyPage(
  url: string,
  client: AssayClient,
  known: { account: string; proposal: bigint; epoch: number },
): Promise<PageToVisit[]> {
  const read = async <T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> => {
    const response = await fetch(new URL(path, url));
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return schema.parse(await response.json());
  };
  const [arena] = await getArenas(client);
  if (arena === undefined) throw new Error("there is no arena");
  const model = toHex(arena.top);
  const models = await getModels(client, { arena: arena.id, limit: 2 });
  const [service] = await getServices(client, { modelHex: model });
  const { epoch, account, proposal } = known;
  const slots = await read(
    `/api/epochs/${epoch}/slots?limit=1`,
    list(z.object({ slot: z.int(), sponsor: z.string(), arena: z.object({ id: z.int() }) })),
  );
  const txs = await read("/api/txs?limit=1", list(z.object({ hash: z.string(), height: z.int() })));
  const scorers = await read(
    "/api/scorers",
    z.object({ value: z.array(z.object({ address: z.string() })).min(1) }),
  );
  const { value } = await read(
    "/api/validators",
    z.object({ value: z.object({ validators: z.array(z.object({ operator: z.string() })).min(1) }) }),
  );
  const channels = await read("/api/channels", list(z.object({ id: z.string() })));
  const [slot] = slots.items;
  const [tx] = txs.items;
  const id = service?.service?.id ?? 1n;
  return [
    { name: "home", path: "/" },
    { name: "blocks", path: "/blocks" },
    { name: "block", path: `/blocks/${tx?.height}` },
    { name: "txs", path: "/txs" },
    { name: "tx", path: `/txs/${tx?.hash}` },
    { name: "account", path: `/accounts/${account}` },
    { name: "validators", path: "/validators" },
    { name: "validator", path: `/validators/${value.validators[0]?.operator}` },
    { name: "governance", path: "/governance" },
    { name: "proposal", path: `/governance/${proposal}` },
    { name: "params", path: "/params" },
    { name: "supply", path: "/supply" },
    { name: "arenas", path: "/arenas" },
    { name: "arena", path: `/arenas/${arena.id}` },
    { name: "models", path: "/models" },
    { name: "model", path: `/models/${model}` },
    { name: "compare", path: `/compare?models=${models.map(({ id }) => toHex(id)).join(",")}` },
    { name: "epochs", path: "/epochs" },
    { name: "epoch", path: `/epochs/${epoch}` },
    { name: "slot", path: `/epochs/${epoch}/slots/${slot?.slot}` },
    { name: "row", path: `/epochs/${epoch}/slots/${slot?.slot}/${model}?item=1` },
    { name: "convictions", path: "/convictions" },
    { name: "scorers", path: "/scorers" },
    { name: "scorer", path: `/scorers/${scorers.value[0]?.address}` },
    { name: "sponsors", path: "/sponsors" },
    { name: "sponsor", path: `/sponsors/${slot?.arena.id}/${slot?.sponsor}` },
    { name: "services", path: "/services" },
    { name: "service", path: `/services/${id}` },
    { name: "channels", path: "/channels" },
    { name: "channel", path: `/channels/${channels.items[0]?.id}` },
    { name: "play", path: "/play" },
    { name: "play-service", path: `/play/${id}` },
    { name: "transact", path: "/transact" },
    { name: "faucet", path: "/faucet" },
    { name: "search", path: "/search?q=spam" },
    { name: "not-found", path: "/nowhere" },
  ];
}
