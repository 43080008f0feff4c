import { AssayError } from "@assay/client/errors";
import { isPoiError } from "@assay/client/poiErrors";
import { SetupError } from "@assay/service-kit/errors";

/** A model file that no arena takes: unreadable, too large, or outside the profile IntONNX-24. */
export class ModelFileError extends SetupError {
  /** Error code of the profile, undefined when the file could not even be read. */
  readonly code: string | undefined;
  /** Node of the graph the error is about, if it is about one. */
  readonly node: string | undefined;

  constructor(message: string, options: { code?: string; node?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause, details: { code: options.code, node: options.node } });
    this.code = options.code;
    this.node = options.node;
  }
}

/** The model is fine, but not for this arena: other input, other output, or too costly for its chain. */
export class WrongArenaError extends SetupError {}

/** The same file is a model of somebody else. */
export class DuplicateModelError extends AssayError {
  constructor(modelHex: string, author: string) {
    super(
      `this file is model ${modelHex} of ${author} already; the chain takes every file once. Register another one`,
      {
        details: { modelHex, author },
      },
    );
  }
}

/** The registration fee is above what the owner accepts. */
export class FeeTooHighError extends AssayError {
  constructor(fee: bigint, maxFee: bigint) {
    super(
      `the registration fee is ${fee}uassay, you accept ${maxFee}uassay: raise max-fee, or wait (it falls by half in quiet epochs)`,
      { details: { fee, maxFee } },
    );
  }
}

/** The account cannot pay fee and bond. Nothing was sent. */
export class BalanceTooLowError extends AssayError {
  constructor(address: string, balance: bigint, fee: bigint, bond: bigint) {
    super(
      `${address} holds ${balance}uassay, registering takes ${fee + bond}uassay (fee ${fee}, bond ${bond}) and gas: ` +
        `send at least ${fee + bond - balance}uassay to it`,
      { details: { address, balance, fee, bond } },
    );
  }
}

/** The arena has no place, or no budget, for the model at this moment. */
export class NoPlaceError extends AssayError {}

/** A parent is unknown to the chain. */
export class UnknownParentError extends AssayError {}

/** What a refused registration means for the owner; other errors come back as they are. */
export function explainRefusal(error: unknown, modelHex: string): unknown {
  if (isPoiError(error, "exists")) {
    return new NoPlaceError(`model ${modelHex} has just been registered: ${error.log}`, { cause: error });
  }
  if (isPoiError(error, "admission")) {
    const what = `the chain has no budget left to audit this model: ${error.log}. Make it smaller, or wait until others leave`;
    return new NoPlaceError(what, { cause: error });
  }
  if (isPoiError(error, "arenaFull")) {
    const what = `every contender of the full arena is ahead of a newcomer: ${error.log}. Try again later`;
    return new NoPlaceError(what, { cause: error });
  }
  if (isPoiError(error, "modelFile")) {
    return new ModelFileError(`the chain refuses the file: ${error.log}`, { cause: error });
  }
  if (isPoiError(error, "feeTooHigh")) {
    return new NoPlaceError(`the registration fee has just risen: ${error.log}. Raise max-fee, or wait`, {
      cause: error,
    });
  }
  return error;
}
