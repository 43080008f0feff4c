/**
 * What epochs, models and their scorers and sponsors did. Ids of models, roots and other bytes are lower-case hex
 * unless the column is a blob, hashes of transactions upper-case hex. Amounts are text, in base units. Words that end
 * in `_height` are heights of blocks; null: it has not happened.
 */
export interface PoiTables {
  /** Running and ended epochs. What only the end of an epoch tells is null before. */
  epoch: {
    epoch: number;
    start_height: number;
    /** Null when the index began later. */
    start_time: string | null;
    arenas: number;
    scorers_frozen: number;
    /** Of the draw, like the number of slots. */
    randomness: string | null;
    slots: number | null;
    end_height: number | null;
    end_time: string | null;
    void: number | null;
    scorers_revealed: number | null;
    slots_counted: number | null;
    audited_items: number | null;
    challenges: number | null;
    convictions: number | null;
    arenas_settled: number | null;
    /** Most it could have minted. */
    budget: string | null;
    authors: string | null;
    scorers: string | null;
    sponsors: string | null;
    validators: string | null;
    pool: string | null;
    /** The five shares together. */
    minted: string | null;
    /** JSON of the parameters it ran with, as `Params.toJSON` of the client writes it. */
    params: string | null;
  };
  /** A phase that began. `end_height` is its last block as announced, 0 where only the queues tell. */
  phase: { epoch: number; phase: string; start_height: number; end_height: number };
  /** A scorer revealed its link. */
  reveal: { epoch: number; scorer: string; height: number; tx: string };
  /** The result of an arena in an ended epoch. One whose settlement failed has a reason and nothing else. */
  arena_epoch: {
    epoch: number;
    arena: number;
    settled: number;
    /** Why it did not settle, cleaned. */
    reason: string;
    weight: number;
    weight_sum: number;
    sponsors_frozen: number;
    sponsors_counted: number;
    /** JSON list of the frozen models' ids. */
    models: string;
    /** Contender called in this epoch; empty for none. */
    called: string;
    /** JSON list of the ids of the models of the last steps, with which the called one is compared. */
    opponents: string;
    /** Contender called for the next epoch; empty for none. */
    called_next: string;
    /** Step accepted in this epoch; 0 for none. */
    step_accepted: number;
    authors_pot: string;
    funded_pot: string;
    scorers_pot: string;
    sponsors_pot: string;
    /** What the authors' pots are divided by, Q16 bits. */
    divisor: number;
    funded_divisor: number;
  };
  /** A step's share of its arena's author pots. Gains are Q16 bits, the age counts settled epochs. */
  step_pay: {
    epoch: number;
    arena: number;
    step: number;
    model: string;
    author: string;
    gain: number;
    age: number;
    decayed: number;
    emission: string;
    funded: string;
  };
  /** A scorer's or sponsor's share of an arena's cut. */
  participant_pay: {
    epoch: number;
    arena: number;
    role: "scorer" | "sponsor";
    address: string;
    /** Rows that stood of those assigned, or batches that counted of those drawn. */
    done: number;
    assigned: number;
    pay: string;
  };
  /** What an epoch measured of a model. Accuracies are parts per million. */
  model_epoch: {
    epoch: number;
    model: string;
    arena: number;
    accuracy: number;
    smoothed: number;
    items: number;
    called: number;
    /** Step it took in this epoch; 0 for none. */
    step_accepted: number;
    /** JSON of a `Comparison` with the top, null for who does not contend: model ids as hex. */
    screening: string | null;
    /** JSON list of them, with the models of the last steps. */
    trials: string;
  };
  /** A model's result on the items of one sponsor. */
  model_sponsor: {
    epoch: number;
    model: string;
    sponsor: string;
    arena: number;
    correct: number;
    items: number;
  };
  slot: {
    epoch: number;
    slot: number;
    arena: number;
    sponsor: string;
    commitment: number;
    batch: number;
    scorer: string;
    inputs_height: number | null;
    rows_height: number | null;
    labels_height: number | null;
    inputs_tx: string | null;
    rows_tx: string | null;
    labels_tx: string | null;
    /** 0 and 1; null before the end of the epoch. */
    counted: number | null;
    /** Why it does not count; empty when it does or before the end. */
    void_reason: string;
  };
  /** The items of a slot, concatenated. */
  slot_inputs: { epoch: number; slot: number; inputs: Uint8Array; labels_hash: string };
  slot_labels: { epoch: number; slot: number; labels: Uint8Array; salt: string };
  /** The row of a model on a slot, as posted last. */
  slot_row: { epoch: number; slot: number; model: string; answers: Uint8Array; tags: Uint8Array };
  challenge: {
    seq: number;
    challenger: string;
    epoch: number;
    slot: number;
    model: string;
    item: number;
    height: number;
    tx: string;
    outcome: "convicted" | "refuted" | "returned" | null;
    resolved_height: number | null;
  };
  conviction: {
    epoch: number;
    scorer: string;
    slot: number;
    model: string;
    item: number;
    expected_answer: string;
    expected_tag: string;
    recorded_answer: string;
    recorded_tag: string;
    slashed: string;
    /** Null when the chain found it itself. */
    challenger: string | null;
    reward: string;
    height: number;
    jailed: number;
  };
  /** A scorer missed its link or a slot, or a sponsor inputs or labels. */
  miss: {
    epoch: number;
    role: "scorer" | "sponsor";
    /** 0 for scorers, who miss once for all arenas. */
    arena: number;
    address: string;
    height: number;
    /** Of scorers: epoch until which it is inactive, 0 when it is not. */
    inactive_until: number;
    /** Of sponsors. */
    slashed: string;
  };
  /** A step of a ladder, from 1 on. */
  step: {
    arena: number;
    step: number;
    model: string;
    epoch: number;
    gain: number;
    settled_epoch: number;
    weighted: number;
    /** JSON list of the deciding `Comparison`s: model ids as hex. */
    comparisons: string;
    height: number;
  };
  /** A contender was called for an epoch. */
  contender_call: { epoch: number; arena: number; model: string; height: number };
  /** Batches that a sponsor committed to: `[first_batch, first_batch + count)`. */
  commitment: {
    arena: number;
    sponsor: string;
    commitment: number;
    root: string;
    first_batch: number;
    count: number;
    height: number;
    tx: string;
  };
  /** What happened to a model's place: registered, renewed, file-deleted, or its new status. */
  model_change: {
    height: number;
    /** Place among the block's events. */
    place: number;
    time: string;
    /** Null outside of a transaction. */
    tx: string | null;
    model: string;
    kind:
      "registered" | "renewed" | "file-deleted" | "contender" | "top" | "archived" | "evicted" | "withdrawn";
    /** Fee that a registration burned, else null. */
    fee: string | null;
  };
  /** A model ran in a transaction. */
  inference: {
    height: number;
    place: number;
    time: string;
    tx: string;
    model: string;
    sender: string;
    /** Paid to the author. */
    fee: string;
  };
  /** What a scorer with slots did in an ended epoch; columns `all_…` sum it up since the first epoch indexed. */
  scorer_epoch: {
    epoch: number;
    scorer: string;
    slots: number;
    slots_counted: number;
    /** Models times slots whose rows were posted. */
    rows: number;
    /** Answers the chain ran again and found right; 0 when it found a wrong one. */
    audits_passed: number;
    pay: string;
    all_slots: number;
    all_slots_counted: number;
    all_rows: number;
    all_audits_passed: number;
    all_pay: string;
  };
  /** The same of a sponsor whose batches were drawn. */
  sponsor_epoch: {
    epoch: number;
    arena: number;
    sponsor: string;
    slots: number;
    slots_counted: number;
    pay: string;
    all_slots: number;
    all_slots_counted: number;
    all_pay: string;
  };
}
