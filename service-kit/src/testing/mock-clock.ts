import type { Clock, Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { ClockDispatcher } from "../clock.ts";
import { silentLogger, type Logger } from "../log.ts";

/** A clock that only moves when a test says so. */
export class MockClock extends ClockDispatcher {
  #height = 0n;
  readonly #params: Params;

  constructor(params: Partial<Params>, signal: AbortSignal, log: Logger = silentLogger) {
    super(log, signal);
    this.#params = Params.fromPartial(params);
  }

  /** Moves one block ahead, into `phase` of `epoch`. Handlers are called, not awaited: see {@link ClockDispatcher.idle}. */
  tick(epoch: bigint, phase: Phase, fields: Partial<Clock> = {}): void {
    this.#height += 1n;
    this.advance({
      height: this.#height,
      params: this.#params,
      clock: {
        epoch,
        phase,
        epochStart: 1n,
        phaseStart: this.#height,
        phaseEnd: 0n,
        randomness: new Uint8Array(32),
        frozen: true,
        settledEpochs: 0n,
        ...fields,
      },
    });
  }

  /** {@link tick}, then waits until every handler has ended. */
  async tickAndSettle(epoch: bigint, phase: Phase, fields: Partial<Clock> = {}): Promise<void> {
    this.tick(epoch, phase, fields);
    await this.idle();
  }
}
