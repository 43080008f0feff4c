import { expect } from "chai";
import { Arena, ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { Model, ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { UsageError } from "../src/errors.ts";
import { findArena, matchModel, namerOf, statusName, type KnownArena } from "../src/names.ts";

const arena = (id: bigint, name: string): KnownArena => {
  const spec = ArenaSpec.fromPartial({ name });
  return { ...Arena.fromPartial({ id }), spec };
};
const arenas = [arena(1n, "digits"), arena(2n, "spam")];
const model = (first: number, second: number, arenaId: bigint, name: string): Model =>
  Model.fromPartial({ id: Uint8Array.of(first, second, ...new Uint8Array(30)), arena: arenaId, name });
const models = [
  model(0xab, 0xcd, 1n, "mlp"),
  model(0xab, 0xce, 2n, "mlp"),
  model(0x12, 0x34, 1n, "abcd"),
  model(0x77, 0x77, 1n, "conv"),
];

describe("names", () => {
  it("finds arenas by name and by id", () => {
    expect(findArena(arenas, "spam").id).to.equal(2n);
    expect(findArena(arenas, "1").spec.name).to.equal("digits");
    expect(() => findArena(arenas, "chess")).to.throw(
      UsageError,
      'no arena "chess"; the chain has digits, spam',
    );
    expect(() => findArena([], "chess")).to.throw(UsageError, "the chain has none");
  });

  it("finds models by id, prefix, name and arena/name", () => {
    expect(matchModel(models, arenas, "abce")).to.equal(models[1]);
    expect(matchModel(models, arenas, `abce${"00".repeat(30)}`)).to.equal(models[1]);
    expect(matchModel(models, arenas, "conv")).to.equal(models[3]);
    expect(matchModel(models, arenas, "spam/mlp")).to.equal(models[1]);
  });

  it("refuses to guess, and says what could be meant", () => {
    expect(() => matchModel(models, arenas, "mlp")).to.throw(
      UsageError,
      /could be any of these[^]*digits\/mlp[^]*spam\/mlp/,
    );
  });

  it("does not prefer a name over an id that starts like it", () => {
    expect(() => matchModel(models, arenas, "abcd")).to.throw(UsageError, "could be any of these");
  });

  it("takes no prefix below four digits", () => {
    expect(() => matchModel(models, arenas, "777")).to.throw(UsageError, 'no model "777"');
  });

  it("names models, and shows ids of unknown ones", () => {
    const name = namerOf(models);
    expect(name(models[3]?.id ?? new Uint8Array())).to.equal("conv");
    expect(name(Uint8Array.of(0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54))).to.equal("fedcba9876");
    expect(name(new Uint8Array())).to.equal("-");
  });

  it("has a word for every status", () => {
    expect(statusName(ModelStatus.ARCHIVED)).to.equal("archived");
  });
});
