import { check } from "@assay/client/intonnx/check";
import { run } from "@assay/client/intonnx/run";

/** A second opinion on one item, by other code than the rows are computed with: a bond is at risk. */
export interface Referee {
  /** The logits of one item (raw bytes) under a model. */
  logits(model: Uint8Array, item: Uint8Array): Promise<Int32Array>;
}

/** Asks the integer interpreter, which does what the chain's does. */
export class IntegerReferee implements Referee {
  readonly #loadModel: (modelHex: string) => Promise<Uint8Array>;

  /** `loadModel` returns bytes whose sha256 is `modelHex`. */
  constructor(loadModel: (modelHex: string) => Promise<Uint8Array>) {
    this.#loadModel = loadModel;
  }

  async logits(model: Uint8Array, item: Uint8Array): Promise<Int32Array> {
    const file = await this.#loadModel(Buffer.from(model).toString("hex"));
    return run(check(file), item);
  }
}
