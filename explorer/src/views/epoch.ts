import type { Emission } from "@assay/client/generated/assay/poi/v1/epoch";
import { count, sumAmounts } from "../numbers.ts";
import type { EpochReading, Reading } from "../reader.ts";
import type { EpochView, MoneyView, Shares } from "../wire.ts";

export function viewEpoch({ record }: EpochReading): EpochView {
  return {
    epoch: count(record.epoch),
    startHeight: count(record.startHeight),
    endHeight: count(record.endHeight),
    void: record.void,
    scorersFrozen: record.scorersFrozen,
    scorersRevealed: record.scorersRevealed,
    slots: record.slots,
    slotsCounted: record.slotsCounted,
    auditedItems: count(record.auditedItems),
    challenges: record.challenges,
    convictions: record.convictions,
    arenasSettled: record.arenasSettled,
    minted: record.emission?.minted ?? "0",
  };
}

export function viewMoney({ emission, clock, epochs }: Reading): MoneyView {
  const readings = [...epochs.values()];
  const emissions = readings.flatMap(({ record }) => record.emission ?? []);
  const sum = (share: keyof Shares): string =>
    sumAmounts(emissions.map((emission: Emission) => emission[share]));
  const steps = readings.flatMap(({ arenas }) => arenas.flatMap((result) => result.steps));
  const first = readings.at(0);
  return {
    minted: emission.state.minted,
    cap: clock.params.emissionCap,
    perBlock: emission.perBlock.toString(),
    window: {
      epochs: readings.length,
      firstEpoch: first === undefined ? null : count(first.record.epoch),
      minted: sumAmounts(emissions.map(({ minted }) => minted)),
      shares: {
        authors: sum("authors"),
        scorers: sum("scorers"),
        sponsors: sum("sponsors"),
        validators: sum("validators"),
        pool: sum("pool"),
      },
      funded: sumAmounts(steps.map(({ funded }) => funded)),
    },
  };
}
