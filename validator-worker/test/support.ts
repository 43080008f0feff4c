import type { EncodeObject } from "@cosmjs/proto-signing";
import { NotFoundError } from "@assay/client/errors";
import { Arena, ArenaSpec, AnswerKind, TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import {
  type Conviction,
  FrozenArena,
  FrozenScorer,
  Phase,
  Slot,
  type Row,
} from "@assay/client/generated/assay/poi/v1/epoch";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { Scorer as ScorerRecord } from "@assay/client/generated/assay/poi/v1/participant";
import type {
  MsgChallenge,
  MsgPostRows,
  MsgRevealLink,
  MsgSetTip,
} from "@assay/client/generated/assay/poi/v1/tx";
import { compareBytes, verifyLink } from "@assay/client/protocol/hash";
import { addressBytes } from "@assay/client/address";
import { toBech32 } from "@cosmjs/encoding";
import type { Frozen, ScorerChain, Transactor, TransactorSendOptions } from "../src/chain.ts";
import type { RowComputer, RowJob } from "../src/row-computer.ts";

export const CHAIN_ID = "assay-test-1";
export const OPERATOR = toBech32("assay", new Uint8Array(20).fill(1));
export const OTHER = toBech32("assay", new Uint8Array(20).fill(2));
export const HOT_KEY = toBech32("assay", new Uint8Array(20).fill(3));

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Waits until `condition` holds; fails the test when it does not in time. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`never happened: ${what}`);
}

export const digits: ArenaSpec = ArenaSpec.fromPartial({
  name: "digits",
  inputType: TensorType.UINT8,
  inputShape: [1, 28, 28],
  preprocessing: "gray-28x28",
  answer: AnswerKind.CLASS,
  labels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
});

/** A chain in memory that keeps the rules a scorer meets, and writes down what it was sent. */
export class FakeChain implements ScorerChain {
  readonly chainId = CHAIN_ID;
  readonly operatorBytes = addressBytes(OPERATOR);
  epoch = 0n;
  phase: Phase = Phase.SETTLE;
  params = Params.fromPartial({ batchItems: 4, challengeBond: "10" });
  spec: ArenaSpec = ArenaSpec.fromPartial({ ...digits, inputShape: [2], labels: ["a", "b"] });
  /** Tip for the next freeze. */
  tip: Uint8Array = new Uint8Array();
  bonded = true;
  balanceNow = 1_000n;
  rewardsNow = 0n;
  convicted: Conviction[] = [];
  frozenNow: Frozen = { epoch: 0n, arenas: [], scorers: [] };
  slotList: Slot[] = [];
  readonly inputs = new Map<bigint, Uint8Array>();
  readonly rowsOf = new Map<bigint, Row[]>();
  readonly files = new Map<string, Uint8Array>();
  readonly sent: EncodeObject[] = [];

  /** Starts the next epoch with these models, frozen in id order. */
  freeze(models: Uint8Array[] = []): void {
    this.epoch += 1n;
    this.phase = Phase.BEACON;
    this.slotList = [];
    this.rowsOf.clear();
    this.inputs.clear();
    const sorted = models.toSorted(compareBytes).map((id) => ({ id, cost: 1n }));
    this.frozenNow = {
      epoch: this.epoch,
      arenas: [FrozenArena.fromPartial({ arena: 1n, models: sorted, draws: true })],
      scorers: [
        ...(this.bonded ? [FrozenScorer.fromPartial({ operator: OPERATOR, tip: this.tip })] : []),
        FrozenScorer.fromPartial({ operator: OTHER, tip: new Uint8Array(32) }),
      ],
    };
  }

  /** Adds a slot; without inputs its sponsor has not posted yet. */
  addSlot(id: bigint, scorer: string, inputs?: Uint8Array): void {
    this.slotList.push(Slot.fromPartial({ epoch: this.epoch, id, arena: 1n, scorer }));
    if (inputs !== undefined) this.postInputs(id, inputs);
  }

  postInputs(id: bigint, inputs: Uint8Array): void {
    this.inputs.set(id, inputs);
    this.slot(id).inputsRoot = new Uint8Array(32).fill(1);
  }

  postForeignRows(id: bigint, rows: Row[]): void {
    this.rowsOf.set(id, rows);
    this.slot(id).rowsPosted = true;
  }

  slot(id: bigint): Slot {
    const slot = this.slotList.find((other) => other.id === id);
    if (slot === undefined) throw new Error(`no slot ${id}`);
    return slot;
  }

  /** What the chain does with a message; throws like its handlers. */
  deliver(message: EncodeObject): void {
    this.sent.push(message);
    switch (message.typeUrl) {
      case "/assay.poi.v1.MsgRevealLink": {
        const { epoch, link } = message.value as MsgRevealLink;
        const own = this.frozenNow.scorers.find(({ operator }) => operator === OPERATOR);
        if (epoch !== this.epoch || this.phase !== Phase.BEACON) throw new Error("wrong phase");
        if (own === undefined || own.link.length > 0) throw new Error("not frozen or revealed already");
        if (!verifyLink(CHAIN_ID, this.operatorBytes, link, own.tip)) throw new Error("wrong link");
        own.link = link;
        if (compareBytes(this.tip, own.tip) === 0) this.tip = link;
        return;
      }
      case "/assay.poi.v1.MsgSetTip":
        this.tip = (message.value as MsgSetTip).tip;
        return;
      case "/assay.poi.v1.MsgPostRows": {
        const { epoch, slot, rows } = message.value as MsgPostRows;
        if (epoch !== this.epoch || this.phase !== Phase.ROWS) throw new Error("wrong phase");
        this.rowsOf.set(slot, rows);
        this.slot(slot).rowsPosted = true;
        return;
      }
      case "/assay.poi.v1.MsgChallenge":
        if ((message.value as MsgChallenge).epoch !== this.epoch || this.phase !== Phase.CHALLENGE) {
          throw new Error("wrong phase");
        }
    }
  }

  sentOf<Value>(name: string): Value[] {
    return this.sent
      .filter(({ typeUrl }) => typeUrl === `/assay.poi.v1.${name}`)
      .map(({ value }) => value as Value);
  }

  async arenas() {
    return [Arena.fromPartial({ id: 1n, spec: this.spec })];
  }
  async frozen() {
    return structuredClone(this.frozenNow);
  }
  async slots(epoch: bigint) {
    return structuredClone(this.slotList.filter((slot) => slot.epoch === epoch));
  }
  async slotInputs(slot: bigint) {
    const inputs = this.inputs.get(slot);
    if (inputs === undefined) throw new NotFoundError("SlotInputs", 22, "sdk", "not found");
    return { epoch: this.epoch, inputs };
  }
  async rows(slot: bigint) {
    return { epoch: this.epoch, rows: this.rowsOf.get(slot) ?? [] };
  }
  async modelFile(modelHex: string) {
    const file = this.files.get(modelHex);
    if (file === undefined) throw new NotFoundError("ModelFile", 22, "sdk", "not found");
    return file;
  }
  async scorer() {
    if (!this.bonded) return undefined;
    const scorer = ScorerRecord.fromPartial({
      operator: OPERATOR,
      hotKey: HOT_KEY,
      tip: this.tip,
      bonded: true,
    });
    return { scorer, bond: 1n, eligible: true, reason: "" };
  }
  async convictions(epoch: bigint) {
    return this.convicted.filter((conviction) => conviction.epoch === epoch);
  }
  async balance() {
    return this.balanceNow;
  }
  async rewards() {
    return this.rewardsNow;
  }
}

/** Delivers at once; the last error of `refusals` is thrown instead, until none is left. */
export class FakeTransactor implements Transactor {
  readonly address: string;
  readonly refusals: Error[] = [];
  /** Ids of what was sent out of the account's order. */
  readonly unordered: string[] = [];
  readonly #chain: FakeChain;
  readonly #done = new Set<string>();

  constructor(chain: FakeChain, address = HOT_KEY) {
    this.#chain = chain;
    this.address = address;
  }

  async send(messages: EncodeObject[], { id, unordered, signal }: TransactorSendOptions): Promise<void> {
    signal.throwIfAborted();
    if (unordered === true) this.unordered.push(id);
    const refusal = this.refusals.pop();
    if (refusal !== undefined) throw refusal;
    if (this.#done.has(id)) return;
    for (const message of messages) this.#chain.deliver(message);
    this.#done.add(id);
  }
}

/** Answers by a formula, so that tests know every row; `gate` holds it back. */
export class FakeComputer implements RowComputer {
  gate: Promise<void> = Promise.resolve();
  fail: Error | undefined;
  readonly jobs: RowJob[] = [];

  async compute(job: RowJob): Promise<Row[]> {
    this.jobs.push(job);
    await Promise.race([
      this.gate,
      new Promise<never>((_, reject) => {
        job.signal.addEventListener("abort", () => reject(job.signal.reason as Error), { once: true });
      }),
    ]);
    if (this.fail !== undefined) throw this.fail;
    return job.models.map((model) => expectedRow(model, job.inputs, job.items));
  }
}

export function expectedRow(model: Uint8Array, inputs: Uint8Array, items: number): Row {
  const size = inputs.length / items;
  const sums = Array.from({ length: items }, (_, item) =>
    inputs.subarray(item * size, (item + 1) * size).reduce((sum, byte) => sum + byte, model[0] as number),
  );
  return {
    model,
    answers: Uint8Array.from(sums, (sum) => sum % 2),
    tags: Uint8Array.from(sums.flatMap((sum) => [sum & 255, 1, 2, 3])),
  };
}
