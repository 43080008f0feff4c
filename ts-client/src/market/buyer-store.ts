/**
 * Where a buyer keeps what must survive it: keys and deposits of its channels, and on every lane the voucher that has
 * no answer yet. Texts under keys; one process at a time. `@assay/service-kit/buyer-store` keeps it on disk.
 *
 * The texts hold the private keys of channels: whoever reads them can spend what is deposited.
 */
export interface BuyerStore {
  get(key: string): Promise<string | undefined>;
  /**
   * When it resolves, the value outlives this process and, unless `flush` is false, a power cut. Of values that were put
   * without a flush a power cut takes the newest ones only.
   */
  put(key: string, value: string, options?: PutOptions): Promise<void>;
  delete(key: string): Promise<void>;
  /** All keys that begin with `prefix`. */
  keys(prefix: string): Promise<string[]>;
}

export interface PutOptions {
  /** Default true. */
  flush?: boolean;
}

/**
 * Keeps everything in memory: for tests and throw-away use. What is deposited can still be closed after a restart,
 * because the chain knows the channels, but not be spent.
 */
export function createMemoryStore(): BuyerStore {
  const values = new Map<string, string>();
  return {
    async get(key) {
      return values.get(key);
    },
    async put(key, value) {
      values.set(key, value);
    },
    async delete(key) {
      values.delete(key);
    },
    async keys(prefix) {
      return [...values.keys()].filter((key) => key.startsWith(prefix));
    },
  };
}
