import { getModels } from "@assay/client/actions/getModels";
import { explain } from "@assay/client/protocol/why";
import type { Command } from "commander";
import { examples, type Answer, type Cli } from "../command.ts";
import { DisagreementError } from "../errors.ts";
import { parseUint } from "../format.ts";
import { modelName, namerOf, resolveModel } from "../names.ts";
import type { Session } from "../session.ts";
import { loadEvidence } from "../why/load.ts";
import { renderExplanation } from "../why/render.ts";

export function addWhyCommand(program: Command, cli: Cli): void {
  const command = program
    .command("why <model> <epoch>")
    .description(
      "every number that led to what a model was paid in an epoch, recomputed; ends with 1 if one differs",
    )
    .action(cli.run(why));
  examples(command, "why digits/digits-conv-12 7", "why 3fa94c 7", "why digits-conv-12 7 --json");
}

async function why(session: Session, reference: string, epochText: string): Promise<Answer> {
  const epoch = parseUint("epoch", epochText);
  const client = await session.client();
  const { model, arenas } = await resolveModel(client, reference);
  session.progress.step("reading what the chain keeps of that epoch");
  const explanation = explain(await loadEvidence(client, model, epoch));
  const models = await getModels(client, { arena: model.arena });
  const wrong = explanation.checks.filter(({ agrees }) => !agrees);
  return {
    json: { ...explanation, name: modelName(model, arenas) },
    text: renderExplanation(explanation, modelName(model, arenas), namerOf(models)),
    ...(wrong.length > 0 && {
      error: new DisagreementError(
        `${wrong.length} numbers of the chain differ from what its rules give: compare with another node (--rpc), and report it`,
      ),
    }),
  };
}
