import { createClient, type AssayClient } from "@assay/client/client";
import { loadKey, type Key } from "@assay/service-kit/keys";
import type { Settings } from "./config.ts";
import { UsageError } from "./errors.ts";
import { keyPath } from "./keyring.ts";
import type { Io } from "./output.ts";
import { createProgress, type Progress } from "./progress.ts";

/** One run of a command: its settings, its streams, and the connection it makes when it needs one. */
export class Session {
  readonly settings: Settings;
  readonly io: Io;
  readonly signal: AbortSignal;
  /** Answers to questions before money leaves are taken as yes. */
  readonly yes: boolean;
  readonly json: boolean;
  readonly progress: Progress;
  #client: Promise<AssayClient> | undefined;
  #key: Promise<Key> | undefined;

  constructor(options: { settings: Settings; io: Io; signal: AbortSignal; yes: boolean; json: boolean }) {
    this.settings = options.settings;
    this.io = options.io;
    this.signal = options.signal;
    this.yes = options.yes;
    this.json = options.json;
    this.progress = createProgress(options.io);
  }

  /** Throws ChainUnreachableError, RpcTimeoutError, WrongChainIdError. */
  client(): Promise<AssayClient> {
    const { rpc, chainId } = this.settings;
    this.#client ??= createClient({ rpcUrl: rpc, chainId, signal: this.signal });
    return this.#client;
  }

  /** The account that signs. Throws UsageError when none is named, KeyFileError. */
  key(): Promise<Key> {
    const { key, keys } = this.settings;
    if (key === undefined) {
      throw new UsageError(
        'name the account that signs: --key NAME, or "key: NAME" in the config file ("assay keys list" shows them)',
      );
    }
    this.#key ??= loadKey(keyPath(keys, key));
    return this.#key;
  }

  /** The address asked for, else that of the key in the settings. Throws UsageError when there is neither. */
  async addressOr(address: string | undefined): Promise<string> {
    return address ?? (await this.key()).address;
  }
}
