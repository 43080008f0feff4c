/** What was read from the node, kept so that everything derived can be made again without it. */
export interface RawTables {
  /** Deflated JSON of CometBFT's `block` and `block_results`. */
  raw_block: { height: number; block: Uint8Array; results: Uint8Array };
  /** Answers to questions, see `Question`; null where the node refused. */
  raw_answer: { height: number; path: string; request: Uint8Array; response: Uint8Array | null };
  /** File descriptors of the chain's protobuf types, from the height on. */
  raw_descriptors: { height: number; files: Uint8Array };
  /**
   * One row: chain id, the newest height whose block is indexed (the one before the first, if none is), the format of
   * the derived tables, and epoch and phase after that block (0 and "" until an event tells).
   */
  cursor: { id: number; chain_id: string; height: number; format: number; epoch: number; phase: string };
}
