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
    /** JSON list of who signed, first the one that pays the fee; empty when the bytes are no transaction. */
    signers: string;
    /** Cleaned. */
    memo: string;
    /** How many messages it has, those inside of others too, and a JSON list of the type URLs of the first ones. */
    messages: number;
    types: string;
  };
  /** Transactions by type of message, each type once per transaction. */
  tx_type: { type: string; height: number; idx: number; failed: number };
  /** Transactions that an account signed, or that name it in a message or an event. */
  activity: { address: string; height: number; idx: number };
}
