import { amount, integer, path } from "@assay/service-kit/config";
import { z } from "zod";

/** Public data for fresh inputs: a loader of @assay/models by name, or a folder of raw items with a labels file. */
const source = z.union([z.enum(["digits", "languages", "spam"]), z.strictObject({ folder: path() })], {
  error: "expected digits, languages, spam or {folder: …}",
});

export type DataSource = z.output<typeof source>;

const settings = z.strictObject({
  /** Key file of the probing account. It is not the hot key: all it can lose is what it holds. */
  key: path(),
  /** Most uassay paid for calls in an epoch. */
  budget: amount(),
  /** Most uassay deposited in one channel. */
  deposit: amount().default(5_000_000n),
  /** Services probed in an epoch, and most calls to each. */
  services: integer(1, 100).default(8),
  calls: integer(1, 32).default(4),
  /** Most items in a call. */
  items: integer(1, 64).default(8),
  /** Seconds that a service has to answer a call, all repetitions included. */
  timeout: integer(1, 300).default(10),
  /** Source of inputs by name of arena; other arenas' inputs are variations of the epoch's public ones. */
  data: z.record(z.string().regex(/^[a-z0-9-]{1,32}$/, "expected the name of an arena"), source).default({}),
});

export type ProbeSettings = z.output<typeof settings>;

/** The setting `probes`: `off`, which is undefined here, or what probing needs. */
export function probesSetting() {
  return z.preprocess(
    (value) => (value === "off" || value === false ? undefined : value),
    settings.optional(),
  );
}
