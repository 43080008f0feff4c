import { toBech32 } from "@cosmjs/encoding";
import { expect } from "chai";
import { openChannel } from "../../src/messages.ts";
import { createMemoryStore, type BuyerStore } from "../../src/market/buyer-store.ts";
import { createBuyer } from "../../src/market/buyer.ts";
import { prepareOpening, type PreparedOpening } from "../../src/market/channel-book.ts";
import { FakeMarket } from "./fake-market.ts";
import { FakeProvider } from "./fake-provider.ts";
import { filled } from "./samples.ts";

const PAYER = toBech32("assay", filled(7, 20));
const SERVICE = 7n;
const PRICE = 100n;
const DEPOSIT = 50_000n;

describe("a channel that another part of the program opens", () => {
  let market: FakeMarket;
  let provider: FakeProvider;
  let store: BuyerStore;
  let opening: PreparedOpening;

  beforeEach(async () => {
    market = new FakeMarket();
    provider = new FakeProvider(market, SERVICE);
    store = createMemoryStore();
    await provider.start();
    opening = await prepareOpening(store, {
      chainId: market.client.chainId,
      payer: PAYER,
      service: SERVICE,
      n: 0n,
      lanes: 4,
      denom: "uassay",
      price: PRICE,
      deposit: DEPOSIT,
    });
  });
  afterEach(() => provider.stop());

  /** What the other part sends. */
  async function send(): Promise<void> {
    const { voucherKey } = opening;
    const deposit = { denom: "uassay", amount: DEPOSIT };
    await market
      .senderOf(PAYER)
      .send([openChannel({ payer: PAYER, service: SERVICE, n: 0n, voucherKey, lanes: 4, deposit })]);
  }

  const ask = () =>
    createBuyer({ client: market.client, sender: market.senderOf(PAYER), store, timeoutMs: 500 }).infer({
      service: SERVICE,
      items: [Uint8Array.of(1, 2, 3, 4)],
    });

  for (const [what, told] of [
    ["once it is told", true],
    ["even if the program ended before it could tell", false],
  ] as const)
    it(`is paid with by the buyer of the store, ${what}`, async () => {
      await opening.write();
      await send();
      if (told) await opening.opened();
      expect((await ask()).paid).to.equal(PRICE);
      expect([...market.channels.keys()]).to.deep.equal([opening.id]);
    });

  it("leaves nothing behind when it was not opened", async () => {
    await opening.write();
    await opening.forget();
    expect(await store.keys("")).to.deep.equal([]);
    await ask();
    expect([...market.channels.values()].map(({ deposited }) => deposited)).not.to.include(String(DEPOSIT));
  });
});
