import { z } from "zod";
import { commonSettings, integer, loadConfig, rpcUrl } from "@assay/service-kit/config";

const schema = z.strictObject({
  rpc: rpcUrl().default("http://127.0.0.1:26657"),
  /** Refuse a node of any other chain. Without it the first answer decides. */
  chainId: z.string().min(1).max(50).optional(),
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes a free one. */
  port: integer(0, 65_535).default(8_080),
  logLevel: commonSettings.logLevel,
});

export type Config = z.output<typeof schema>;

/** Settings from the command line and from `ASSAY_EXPLORER_…` variables. Throws ConfigError. */
export function readConfig(flags: Readonly<Record<string, unknown>>): Promise<Config> {
  return loadConfig(schema, { flags, env: { prefix: "ASSAY_EXPLORER", values: process.env } });
}
