import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { commonSettings, loadConfig, path } from "@assay/service-kit/config";
import { z } from "zod";

const HOME = join(homedir(), ".assay");

const settings = z.strictObject({
  rpc: commonSettings.rpc,
  /** Refuse a node of any other chain. Absent: whatever chain the node is of. */
  chainId: commonSettings.chainId.optional(),
  /** The account that signs: name of a key in `keys`, or the path of a key file. */
  key: z.string().min(1).optional(),
  /** Folder of key files. */
  keys: path().default(join(HOME, "keys")),
  /** Folder of what must survive a call: keys of channels, vouchers, receipts. */
  data: path().default(join(HOME, "data")),
  gasPrice: commonSettings.gasPrice,
});

export type Settings = z.output<typeof settings>;

/** What may be set in the file, as ASSAY_CLI_* and as flags. */
export const SETTING_NAMES = Object.keys(settings.shape) as readonly (keyof Settings)[];

/** Read when no --config is given, and then it may be absent. */
export const DEFAULT_FILE = join(HOME, "config.yaml");

/**
 * Settings from the config file, the environment (ASSAY_CLI_RPC, ASSAY_CLI_CHAIN_ID, …) and flags, the later ones
 * winning. A file named by the user must exist. Throws ConfigError.
 */
export async function readSettings(
  file: string | undefined,
  flags: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Settings> {
  return loadConfig(settings, {
    file: file ?? ((await exists(DEFAULT_FILE)) ? DEFAULT_FILE : undefined),
    flags,
    env: { prefix: "ASSAY_CLI", values: env },
  });
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
