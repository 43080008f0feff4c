import type { AssayClient } from "@assay/client/client";

/** The node's answer at a height. `stale` when the node could not be asked since a newer block. */
export interface Stated<T> {
  value: T;
  height: number;
  stale: boolean;
}

/** The node's present state: each question is asked at most once per block, however many visitors ask it. */
export interface NodeState {
  /**
   * @param key names question and parameters, e.g. "arena/3"; answers are kept under it in the database.
   * @param read asks the node; must return JSON (no bigint, bytes or undefined), cleaned.
   *
   * Throws NotFoundError as the client does, and HttpError 503 when the node is away and never answered this.
   */
  ask<T>(key: string, read: (client: AssayClient) => Promise<T>): Promise<Stated<T>>;
}
