import { homedir } from "node:os";
import { join } from "node:path";
import { BASE_DENOM } from "@assay/client/messages";
import { amount, commonSettings, integer, loadConfig, path, rpcUrl } from "@assay/service-kit/config";
import { z } from "zod";

const PREFIX = "ASSAY_EXPLORER";

/** Several chain ids, with commas between them. */
const chains = () =>
  z.string().transform((text) =>
    text
      .split(",")
      .map((id) => id.trim())
      .filter((id) => id !== ""),
  );

const schema = z.strictObject({
  rpc: commonSettings.rpc,
  /** Refuse a node of any other chain. Without it the index, or else the first answer, decides. */
  chainId: commonSettings.chainId.optional(),
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes a free one. */
  port: integer(0, 65_535).default(8_080),
  /** File of the index. */
  db: path().default(() => join(homedir(), ".assay-explorer", "index.sqlite")),
  /** Keep the index in PostgreSQL instead. */
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/, error: "expected a postgres:// URL" }).optional(),
  /** Addresses that are told to wallets. */
  publicRpc: rpcUrl().optional(),
  publicRest: rpcUrl().optional(),
  faucetKey: path().optional(),
  /** What one grant is, in base units. */
  faucetAmount: amount().default(100_000_000n),
  /** Chains on which the faucet may give. */
  faucetChains: chains().default([]),
  /** Grants per UTC day: to one address, to one network of addresses on the internet, to all. */
  faucetPerAddress: integer(1, 1_000).default(1),
  faucetPerPrefix: integer(1, 1_000_000).default(10),
  faucetPerDay: integer(1, 1_000_000).default(1_000),
  gasPrice: commonSettings.gasPrice.default(`0${BASE_DENOM}`),
  /** Chains on which a page may offer a key of its own. */
  localChains: chains().default(["assay-local-1"]),
  trustProxy: integer(0, 10).default(0),
  requestsPerMinute: integer(1, 1_000_000_000).default(3_000),
  logLevel: commonSettings.logLevel,
});

export type Config = z.output<typeof schema>;

/**
 * Settings from the command line and from `ASSAY_EXPLORER_…` variables; `DATABASE_URL` counts too. Throws ConfigError.
 */
export function readConfig(flags: Readonly<Record<string, unknown>>): Promise<Config> {
  const { DATABASE_URL } = process.env;
  const values = { ...process.env };
  if (DATABASE_URL !== undefined) values[`${PREFIX}_DATABASE_URL`] ??= DATABASE_URL;
  return loadConfig(schema, { flags, env: { prefix: PREFIX, values } });
}
