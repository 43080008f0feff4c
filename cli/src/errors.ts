import { AssayError } from "@assay/client/errors";
import { SetupError } from "@assay/service-kit/errors";

/** The command line cannot be carried out as it was given; the program ends with code 2. */
export class UsageError extends SetupError {}

/** The user said no, or could not be asked. Nothing was sent. */
export class NotConfirmedError extends AssayError {}

/** The command was stopped by a signal before its end was known. */
export class InterruptedError extends AssayError {
  constructor(cause?: unknown) {
    super("interrupted; what was sent before may still get into a block, so look before you send it again", {
      cause,
    });
  }
}

/** A number of the chain is not what its own rules make of the other numbers. */
export class DisagreementError extends AssayError {}

/** A service answered what its model does not, and signed it. */
export class WrongAnswerProvenError extends AssayError {
  constructor(path: string, cause?: unknown) {
    super(
      `the answer is not what the model gives, and the receipt proves it: it is in ${path}. ` +
        `Make the service pay for it: assay challenge-answer ${path}`,
      { cause },
    );
  }
}

/** The account cannot pay what a command costs. Nothing was sent. */
export class BalanceTooLowError extends AssayError {
  constructor(address: string, balance: string, cost: string, missing: string) {
    super(`${address} holds ${balance}, this takes ${cost}: send at least ${missing} to it`, {
      details: { address },
    });
  }
}
