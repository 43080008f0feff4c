const WHOLE = new Intl.NumberFormat("en");

/** 81,204 */
export function formatCount(value: number): string {
  return WHOLE.format(value);
}

/** Parts per million as a percentage: 98.40 % */
export function formatPpm(ppm: number): string {
  return `${(ppm / 10_000).toFixed(2)} %`;
}
