/**
 * A scorer that lies, for the end-to-end tests: the real worker in which one part, the computation of its own rows,
 * is replaced. Everything else (links, slots, records, sending) is the product.
 *
 *     node scripts/e2e/forging-scorer.ts --config scorer.yaml [--forge-items 64]
 *
 * `--forge-items` is how many items of every row it forges: all of them by default, so that the chain's own audit
 * finds one; 1 leaves most of the work to challengers.
 */
import { parseArgs } from "node:util";
import { AnswerKind } from "@assay/client/generated/assay/poi/v1/arena";
import type { Row } from "@assay/client/generated/assay/poi/v1/epoch";
import { readConfig } from "@assay/scorer/config";
import type { RowComputer, RowJob } from "@assay/scorer/row-computer";
import { runScorer } from "@assay/scorer/run";
import { runService } from "@assay/service-kit/service";

/** Changes answer and tag of the first items of rows that another computer fills rightly. */
class ForgingComputer implements RowComputer {
  readonly #honest: RowComputer;
  readonly #items: number;

  constructor(honest: RowComputer, items: number) {
    this.#honest = honest;
    this.#items = items;
  }

  async compute(job: RowJob): Promise<Row[]> {
    const rows = await this.#honest.compute(job);
    return rows.map((row) => this.#forge(row, job));
  }

  #forge({ model, answers, tags }: Row, { spec, items }: RowJob): Row {
    const forged: Row = { model, answers: answers.slice(), tags: tags.slice() };
    const isClass = spec.answer === AnswerKind.CLASS;
    for (let item = 0; item < Math.min(this.#items, items); item++) {
      const at = isClass ? item : 4 * item;
      // Stays a class of the arena, or the row would be refused instead of judged.
      forged.answers[at] = ((answers[at] as number) + 1) % (isClass ? spec.labels.length : 256);
      forged.tags[4 * item] = (tags[4 * item] as number) ^ 0xff;
    }
    return forged;
  }
}

const { values } = parseArgs({
  options: { config: { type: "string" }, "forge-items": { type: "string", default: "64" } },
});
await runService("forging-scorer", async ({ signal }) => {
  const config = await readConfig(values.config, {});
  await runScorer({
    config,
    signal,
    ownRows: (onnx) => new ForgingComputer(onnx, Number(values["forge-items"])),
  });
});
