import { SetupError } from "@assay/service-kit/errors";

/** The secret file is missing although it is needed, readable by others, or damaged. */
export class SecretFileError extends SetupError {}

/** The data cannot be used, or is not data of the arena. */
export class DataError extends SetupError {}

/** The chain and the data directory disagree about what was committed. */
export class RecordMismatchError extends SetupError {}

/** The data no longer gives the batches that were committed. */
export class DataChangedError extends SetupError {
  constructor(seat: string, batch: number, commitment: number, cause?: unknown) {
    super(
      `${seat}: batch ${batch} of commitment ${commitment} is not what was committed: the data, its loader, the share or ` +
        `the secret changed. Bring back what was there before; to leave the old batches behind, unbond this sponsor and ` +
        `start again with another key`,
      { cause, details: { seat, batch, commitment } },
    );
  }
}
