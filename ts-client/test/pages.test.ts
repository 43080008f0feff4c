import { expect } from "chai";
import type { PageRequest } from "../src/generated/cosmos/base/query/v1beta1/pagination.ts";
import { listAll } from "../src/pages.ts";

/** A list of `length` numbers, served like the chain serves pages; the key is the next index. */
function serve(length: number, requests: PageRequest[] = []) {
  return (page: PageRequest) => {
    requests.push(page);
    const start = page.key.length > 0 ? (page.key[0] as number) * 100 : Number(page.offset);
    const items = Array.from({ length }, (_, i) => i).slice(start, start + Number(page.limit));
    const next = start + items.length;
    const nextKey = next < length && next % 100 === 0 ? Uint8Array.of(next / 100) : new Uint8Array();
    return Promise.resolve({ items, pagination: { nextKey, total: 0n } });
  };
}

describe("listAll", () => {
  it("reads every page", async () => {
    const requests: PageRequest[] = [];
    const all = await listAll({}, serve(250, requests));
    expect(all).to.deep.equal(Array.from({ length: 250 }, (_, i) => i));
    expect(requests).to.have.length(3);
  });

  it("asks for no more than the limit", async () => {
    const requests: PageRequest[] = [];
    expect(await listAll({ limit: 120 }, serve(250, requests))).to.have.length(120);
    expect(requests.map(({ limit }) => limit)).to.deep.equal([100n, 20n]);
    expect(await listAll({ limit: 0 }, serve(250))).to.deep.equal([]);
  });

  it("passes offset and order on", async () => {
    const requests: PageRequest[] = [];
    expect(await listAll({ offset: 3, limit: 2, reverse: true }, serve(9, requests))).to.deep.equal([3, 4]);
    expect(requests[0]).to.include({ offset: 3n, reverse: true });
  });

  it("takes an answer without pagination as the last page", async () => {
    expect(await listAll({}, () => Promise.resolve({ items: [1] }))).to.deep.equal([1]);
  });
});
