import { commonSettings, integer, loadConfig, path, yesNo } from "@assay/service-kit/config";
import { z } from "zod";

const folderLoader = z.strictObject({
  folder: z.strictObject({
    directory: path(),
    augment: yesNo().default(false),
    hiddenPercent: integer(1, 100).default(100),
  }),
});

/** A loader of @assay/models by name, or any folder of raw items with labels.csv or labels.json. */
const loader = z.union([z.enum(["digits", "languages", "spam"]), folderLoader]);

const sponsor = z.strictObject({
  /** Name of the arena. */
  arena: z.string().regex(/^[a-z0-9-]{1,32}$/, "expected the name of an arena"),
  /** Key file of the sponsor's account. */
  key: path(),
  loader,
  /** Which of how many disjoint shares of the data is this sponsor's, from 1. */
  share: z
    .string()
    .regex(/^[1-9]\d{0,3}\/[1-9]\d{0,3}$/, 'expected "1/5" for the first of five shares')
    .transform((text) => text.split("/").map(Number) as [number, number])
    .refine(([share, shares]) => share <= shares, 'expected "1/5" for the first of five shares')
    .transform(([share, shares]) => ({ share: share - 1, shares }))
    .default({ share: 0, shares: 1 }),
  /** Whoever knows it can make the hidden items himself; derived from the secret when left out. */
  seed: z
    .string()
    .regex(/^[0-9a-f]{32,128}$/, "expected 32 to 128 hex digits")
    .transform((hex): Uint8Array => Buffer.from(hex, "hex"))
    .optional(),
  bond: yesNo().default(false),
  batches: integer(1, 1 << 20).optional(),
  ahead: integer(0, 1 << 20).optional(),
});

export type SponsorSettings = z.output<typeof sponsor>;

const settings = z.strictObject({
  ...commonSettings,
  sponsors: z
    .array(sponsor)
    .min(1)
    .max(1000)
    .refine(
      (all) => new Set(all.map(({ arena, key }) => `${arena} ${key}`)).size === all.length,
      "a key is listed twice for one arena",
    ),
});

export type Settings = z.output<typeof settings>;

/** Reads the config file, `ASSAY_SPONSOR_*` variables and flags. Throws ConfigError. */
export function readSettings(file: string, flags: Readonly<Record<string, unknown>>): Promise<Settings> {
  return loadConfig(settings, { file, flags, env: { prefix: "ASSAY_SPONSOR", values: process.env } });
}
