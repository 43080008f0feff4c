/**
 * A scorer that lies, for the end-to-end tests: the real worker in which one part, the computation of its own rows,
 * is replaced. Everything else (links, slots, records, sending) is the product.
 *
 *     node scripts/e2e/forging-scorer.ts --config scorer.yaml [--cells N]
 *
 * It forges every item of every row, so that the chain's own audit finds one; with `--cells N` only the first N items
 * since its start: with 1 the audit most likely finds nothing, and it takes a challenge.
 */
import { parseArgs } from "node:util";
import { AnswerKind } from "@assay/client/generated/assay/poi/v1/arena";
import type { Row } from "@assay/client/generated/assay/poi/v1/epoch";
import { readConfig } from "@assay/scorer/config";
import type { RowComputer, RowJob } from "@assay/scorer/row-computer";
import { runScorer } from "@assay/scorer/run";
import { runService } from "@assay/service-kit/service";

/** Changes answers and tags that another computer got right. */
class ForgingComputer implements RowComputer {
  readonly #honest: RowComputer;
  /** Items still to forge. */
  #left: number;

  constructor(honest: RowComputer, cells: number) {
    this.#honest = honest;
    this.#left = cells;
  }

  async compute(job: RowJob): Promise<Row[]> {
    const rows = await this.#honest.compute(job);
    return rows.map((row) => this.#forge(row, job));
  }

  #forge({ model, answers, tags }: Row, { spec, items }: RowJob): Row {
    const forged: Row = { model, answers: answers.slice(), tags: tags.slice() };
    const isClass = spec.answer === AnswerKind.CLASS;
    for (let item = 0; item < items && this.#left > 0; item++, this.#left--) {
      const at = isClass ? item : 4 * item;
      // Stays a class of the arena, or the row would be refused instead of judged.
      forged.answers[at] = ((answers[at] as number) + 1) % (isClass ? spec.labels.length : 256);
      forged.tags[4 * item] = (tags[4 * item] as number) ^ 0xff;
    }
    return forged;
  }
}

const { values } = parseArgs({ options: { config: { type: "string" }, cells: { type: "string" } } });
const cells = values.cells === undefined ? Infinity : Number(values.cells);
await runService("forging-scorer", async ({ signal }) => {
  const config = await readConfig(values.config, {});
  await runScorer({
    config,
    signal,
    ownRows: (onnx) => new ForgingComputer(onnx, cells),
  });
});
