import { expect } from "chai";
import { liveSummary } from "../../web/src/app/live-summary.ts";
import type { LiveState } from "../../web/src/api/live-store.ts";
import type { Status } from "../../wire/network.ts";

const status: Status = {
  state: "live",
  reason: null,
  since: "2026-01-01T10:00:00Z",
  chainId: "assay-test-1",
  height: 1_200,
  nodeHeight: 1_200,
};
const head = { height: 1_200, time: "2026-01-01T10:00:00Z", hash: "", txs: 0, epoch: 1, phase: "ROWS" };
const live: LiveState = { status, head, connection: "open", lostSince: null };

describe("what the page says of its freshness", () => {
  it("is nothing while all is well", () => {
    expect(liveSummary(live)).to.deep.equal({ tone: "good", word: "live", notice: null });
    expect(liveSummary({ ...live, status: null, connection: "connecting" }).notice).to.equal(null);
  });

  it("is how far the index has come", () => {
    const { word, notice } = liveSummary({ ...live, status: { ...status, state: "syncing", height: 300 } });
    expect(word).to.equal("catching up");
    expect(notice).to.contain("block 300 of 1,200 (25 %)");
    const unknown = liveSummary({ ...live, status: { ...status, state: "syncing", nodeHeight: 0 } });
    expect(unknown.notice).not.to.contain("%");
  });

  it("is why there are no news, and as of which block the page is", () => {
    for (const [reason, words] of [
      ["unreachable", "cannot be reached"],
      ["stalled", "makes no new blocks"],
      ["refused", "belongs to another chain"],
    ] as const) {
      const { tone, word, notice } = liveSummary({ ...live, status: { ...status, state: "stale", reason } });
      expect([tone, word]).to.deep.equal(["bad", "stale"]);
      expect(notice).to.contain(words).and.to.contain("block 1,200");
    }
  });

  it("is that the api is gone, whatever it said last", () => {
    const { word, notice } = liveSummary({ ...live, connection: "lost", lostSince: Date.now() });
    expect(word).to.equal("api gone");
    expect(notice).to.match(/does not answer since .*; it is tried again.*block 1,200/);
  });
});
