/**
 * What lists and look-ups of blocks, transactions and accounts need. Everything else of a block, such as decoded
 * messages and events, is decoded from `raw_block` when somebody asks.
 */
export interface ChainTables {
  block: {
    height: number;
    time: string;
    /** Upper-case hex, like all hashes and consensus addresses here. */
    hash: string;
    /** Consensus address. */
    proposer: string;
    txs: number;
    failed_txs: number;
    gas_wanted: number;
    gas_used: number;
  };
  /** Ordered by (height, idx). A hash can come twice: a proposer may include refused bytes again. */
  tx: {
    height: number;
    /** Place in the block, from zero. */
    idx: number;
    hash: string;
    /** ABCI code, 0 for success. */
    code: number;
    codespace: string;
    gas_wanted: number;
    gas_used: number;
    /** JSON of a list of coins. */
    fee: string;
    /** Who pays the fee; empty when the bytes are no transaction. */
    fee_payer: string;
    /** Cleaned. */
    memo: string;
    /** JSON list of the type URLs of its messages in order, each once per message, those inside of others too. */
    types: string;
  };
  /** Transactions by type of message, each type once per transaction. */
  tx_type: { type: string; height: number; idx: number; failed: number };
  /** Transactions that an account signed, or that name it in a message or an event. */
  activity: { address: string; height: number; idx: number };
}
