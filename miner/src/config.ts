import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import { amount, commonSettings, integer, loadConfig, path, yesNo } from "@assay/service-kit/config";
import { z } from "zod";
import { DEFAULT_EDGE_LIMITS } from "./serve/http/limits.ts";
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

/** Without a trailing slash, as the chain takes it. */
function serverUrl() {
  return z
    .url({ protocol: /^https?$/, error: "expected an http:// or https:// URL" })
    .max(256)
    .transform((url) => url.replace(/\/+$/, ""));
}

const upstreamSettings = z.strictObject({
  /** Any server of the Open Inference Protocol. */
  url: serverUrl(),
  /** Name of the model there, and its version if not the server's choice. */
  model: z.string().min(1).max(256),
  version: z.string().min(1).max(256).optional(),
});

/** A service as its provider describes it. */
const serviceSettings = z
  .strictObject({
    /** In URLs and lists. */
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
        "expected 1 to 64 letters, digits, dots, underscores or dashes",
      )
      .refine(
        (name) => !/^[0-9]+$/.test(name),
        "a name of digits only could be mistaken for a service's number",
      ),
    description: lines(1024).default(""),
    /** Id in hex, or arena/name. Left out: no exact model, answers cannot be verified. */
    model: z
      .string()
      .regex(/^([0-9a-f]{64}|[a-z0-9-]{1,32}\/.{1,64})$/, "expected a model's id in hex, or arena/name")
      .optional(),
    /** For one item, in base units of `denom`; 0 is free. */
    price: amount().refine((value) => value < 2n ** 64n, "expected less than 2^64"),
    denom: z.string().min(3).max(128).default("uassay"),
    /** Accuracy promised, 0 to 1; 0 promises none. */
    promise: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .transform((accuracy) => Math.round(accuracy * 1_000_000)),
    /** In uassay; the least the chain takes when left out. */
    bond: amount().optional(),
    /** File of the key that signs receipts; made when it is missing. */
    servingKey: path().optional(),
    upstream: upstreamSettings.optional(),
  })
  .refine(({ model, upstream }) => model !== undefined || upstream !== undefined, {
    error: "a service needs a model, or an upstream that runs one",
  })
  .refine(({ model, promise }) => model !== undefined || promise === 0, {
    path: ["promise"],
    error: "only what the chain measures can be promised: name the model",
  });

export type ServiceSettings = z.output<typeof serviceSettings>;

const limits = DEFAULT_EDGE_LIMITS;
const limitSettings = z.strictObject({
  /** Of a request, in bytes. */
  bodyBytes: integer(1_024, 64 * 2 ** 20).default(limits.bodyBytes),
  /** Milliseconds for all of a body to arrive, and for the model to answer. */
  bodyMs: integer(100, 600_000).default(limits.bodyMs),
  runMs: integer(100, 600_000).default(limits.runMs),
  /** Items in one call. */
  items: integer(1, 65_536).default(limits.items),
  /** Calls at a time, over all and from one address. */
  calls: integer(1, 65_536).default(limits.calls),
  callsPerRemote: integer(1, 65_536).default(limits.callsPerRemote),
  /** So many bad signatures from one address block it for `blockMs`. */
  badSignatures: integer(1, 1_000_000).default(limits.badSignatures),
  blockMs: integer(0, 86_400_000).default(limits.blockMs),
});

const serveSettings = z.strictObject({
  ...commonSettings,
  /** Key file of the provider's account. */
  key: path(),
  listen: z
    .strictObject({
      host: z.string().min(1).default("127.0.0.1"),
      /** 0 takes a free one. */
      port: integer(0, 65_535).default(8080),
    })
    .prefault({}),
  /** Where buyers reach this server. */
  publicUrl: serverUrl(),
  services: z
    .array(serviceSettings)
    .min(1)
    .max(64)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "a name is used twice"),
  limits: limitSettings.prefault({}),
  /** Proxies in front whose X-Forwarded-For is believed. */
  trustProxy: integer(0, 16).default(0),
  /** Threads that run models; by default one less than the machine has cores. */
  threads: integer(1, 256).default(Math.max(1, availableParallelism() - 1)),
  claim: z
    .strictObject({
      /** Claim when this much has come together, in base units ... */
      above: amount().default(1_000_000n),
      /** ... or when anything has waited for so many minutes ... */
      minutes: integer(1, 1_000_000).default(60),
      /** ... and when the server stops. */
      onExit: yesNo().default(true),
      /** Withdraw credits of at least this much. */
      withdrawAbove: amount().default(1_000_000n),
    })
    .prefault({}),
  /** What may be newly signed, in base units, while nothing is heard of the chain. */
  exposure: amount().default(10_000_000n),
});

/** What `serve` and the commands about services need. */
export type ServeSettings = z.output<typeof serveSettings>;

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

/** Settings of `serve`, `doctor` and `service`. Throws ConfigError. */
export function readServeSettings(
  file: string,
  flags: Readonly<Record<string, unknown>>,
): Promise<ServeSettings> {
  return loadConfig(serveSettings, { file, flags, env: { prefix: PREFIX, values: process.env } });
}

/** Settings of the other commands. Throws ConfigError. */
export function readCommandSettings(flags: Readonly<Record<string, unknown>>): Promise<CommandSettings> {
  return loadConfig(commandSettings, { flags, env: { prefix: PREFIX, values: process.env } });
}

/** The description of a model from the flags of `register`. Throws ConfigError. */
export function readModelSettings(flags: Readonly<Record<string, unknown>>): Promise<ModelSettings> {
  return loadConfig(modelSettings, { flags });
}
