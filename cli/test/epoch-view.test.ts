import { expect } from "chai";
import { Clock, Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { phaseBar } from "../src/epoch-view.ts";

const params = Params.fromPartial({
  beaconBlocks: 3,
  inputBlocks: 3,
  rowsBlocks: 6,
  labelBlocks: 3,
  challengeBlocks: 6,
});
const at = (phase: Phase, phaseStart: bigint, height: bigint): string[] =>
  phaseBar({ clock: Clock.fromPartial({ phase, phaseStart }), params, height }, 100).split("\n");

describe("phase bar", () => {
  it("is filled up to the running block", () => {
    const [names, bar] = at(Phase.ROWS, 10n, 12n);
    expect(names).to.match(/^BEACON +INPUT +ROWS +LABEL +CHALLENGE +SETTLE$/);
    const cells = (bar ?? "").split(" ");
    expect(cells).to.have.length(6);
    expect(cells[0]).to.match(/^█+$/);
    expect(cells[1]).to.match(/^█+$/);
    const rows = cells[2] ?? "";
    expect(rows.lastIndexOf("█") + 1).to.equal(Math.floor(rows.length / 2));
    for (const later of cells.slice(3)) expect(later).to.match(/^░+$/);
  });

  it("is empty before the first block of an epoch and never overfull", () => {
    expect(at(Phase.BEACON, 10n, 9n)[1]).to.match(/^[░ ]+$/);
    expect(at(Phase.CHALLENGE, 10n, 99n)[1]).to.match(/^[█ ]+ ░+$/);
  });

  it("keeps room for every name on narrow terminals", () => {
    const [names, bar] = phaseBar(
      { clock: Clock.fromPartial({ phase: Phase.BEACON }), params, height: 0n },
      10,
    ).split("\n");
    expect(names).to.equal("BEACON INPUT ROWS LABEL CHALLENGE SETTLE");
    expect(bar).to.have.length("BEACON INPUT ROWS LABEL CHALLENGE SETTLE".length);
  });
});
