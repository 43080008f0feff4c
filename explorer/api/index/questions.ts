import type { Area } from "../area.ts";
import type { DecodedBlock } from "./block.ts";
import type { ChainDecoder } from "./decode.ts";
import type { ChainNode } from "./node.ts";
import { hasAbsent, NO_REQUEST, parseBlock, VALIDATORS_PATH } from "./parse.ts";
import { Answers, type RawBlock } from "./raw.ts";

/** Answers that lead to questions, whose answers lead to questions, …: more than that is a mistake. */
const MAX_ROUNDS = 10;
/** Questions that are with the node at a time, per block. */
const AT_A_TIME = 8;

export interface AskedBlock {
  block: DecodedBlock;
  answers: Answers;
}

/** Reads a block and asks the node everything that the areas want to know with it. */
export async function askAll(
  node: Pick<ChainNode, "ask" | "validators">,
  areas: readonly Area[],
  raw: RawBlock,
  options: { decoder: Pick<ChainDecoder, "signers">; first: boolean },
): Promise<AskedBlock> {
  const answers = new Answers();
  const height = Number(raw.block.block.header.height);
  if (hasAbsent(raw)) {
    const response = await node.validators(height - 1);
    answers.add({ path: VALIDATORS_PATH, request: NO_REQUEST, response });
  }
  const block = parseBlock(raw, { ...options, answers });
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const questions = areas
      .flatMap((area) => area.questions?.(block) ?? [])
      .filter(({ path, request }) => answers.get(path, request) === undefined);
    if (questions.length === 0) return { block, answers };
    for (let start = 0; start < questions.length; start += AT_A_TIME) {
      const part = questions.slice(start, start + AT_A_TIME);
      const responses = await Promise.all(part.map((question) => node.ask(question, height)));
      part.forEach(({ path, request }, at) =>
        answers.add({ path, request, response: responses[at] ?? null }),
      );
    }
  }
  throw new Error(`the questions about block ${height} do not end`);
}
