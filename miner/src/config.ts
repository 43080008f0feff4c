import { homedir } from "node:os";
import { join } from "node:path";
import { amount, commonSettings, integer, loadConfig, path, yesNo } from "@assay/service-kit/config";
import { z } from "zod";
import { line, lines } from "./texts.ts";

const MAX_PARENTS = 4;

/** A model as its owner describes it. */
const modelSettings = z.strictObject({
  /** Name of the arena. */
  arena: z.string().regex(/^[a-z0-9-]{1,32}$/, "expected the name of an arena"),
  /** Key file of the owner's account. */
  key: path(),
  /** The ONNX file. */
  file: path(),
  name: line(64),
  card: lines(4096).default(""),
  /** SPDX identifier or URL. */
  licence: line(128),
  /** Models it was made from: ids in hex, or names. */
  parents: z.array(z.string().min(1)).max(MAX_PARENTS).default([]),
  royaltyBps: integer(0, 10_000).default(0),
  inferFee: amount().default(0n),
  /** Largest registration fee to burn. */
  maxFee: amount(),
});

export type ModelSettings = z.output<typeof modelSettings>;

const runSettings = z.strictObject({
  ...commonSettings,
  models: z
    .array(modelSettings)
    .min(1)
    .max(1000)
    .refine((all) => new Set(all.map(({ file }) => file)).size === all.length, "a file is listed twice"),
  /** Claim when at least this much has come together ... */
  claimAbove: amount().default(100_000_000n),
  /** ... or when something did and this many minutes have passed since the last claim. */
  claimMinutes: integer(1, 1_000_000).default(60),
  /** Start again, at the end of the order, when too few sponsors can still measure a contender. */
  renew: yesNo().default(true),
});

export type RunSettings = z.output<typeof runSettings>;

const commandSettings = z.strictObject({
  rpc: commonSettings.rpc,
  chainId: commonSettings.chainId.optional(),
  data: path().default(join(homedir(), ".assay-miner")),
  gasPrice: commonSettings.gasPrice,
});

/** What single commands need; a config file is not asked for. */
export type CommandSettings = z.output<typeof commandSettings>;

const PREFIX = "ASSAY_MINER";

/** Settings of `run` and `status`. Throws ConfigError. */
export function readRunSettings(
  file: string,
  flags: Readonly<Record<string, unknown>>,
): Promise<RunSettings> {
  return loadConfig(runSettings, { file, flags, env: { prefix: PREFIX, values: process.env } });
}

/** Settings of the other commands. Throws ConfigError. */
export function readCommandSettings(flags: Readonly<Record<string, unknown>>): Promise<CommandSettings> {
  return loadConfig(commandSettings, { flags, env: { prefix: PREFIX, values: process.env } });
}

/** The description of a model from the flags of `register`. Throws ConfigError. */
export function readModelSettings(flags: Readonly<Record<string, unknown>>): Promise<ModelSettings> {
  return loadConfig(modelSettings, { flags });
}
