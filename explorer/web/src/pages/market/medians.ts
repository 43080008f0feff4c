import type { ServiceState } from "../../../../wire/market.ts";

type Report = Pick<ServiceState["reports"][number], "epoch" | "p50" | "p95">;

/** Of each epoch the lower median over its reports, as the chain takes it; epochs in order. */
export function medians(reports: readonly Report[]): readonly { epoch: number; p50: number; p95: number }[] {
  return [...Map.groupBy(reports, ({ epoch }) => epoch)]
    .map(([epoch, of]) => ({
      epoch,
      p50: median(of.map(({ p50 }) => p50)),
      p95: median(of.map(({ p95 }) => p95)),
    }))
    .sort((a, b) => a.epoch - b.epoch);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
