/**
 * A provider that lies, for the end-to-end tests: the real server in which one part, the backend, is replaced. It signs
 * receipts over what it answers, as the product does.
 *
 *     node scripts/e2e/tampering-provider.ts serve --config serve.yaml
 */
import { parseArgs } from "node:util";
import { readServeSettings } from "@assay/miner/config";
import type { Backend } from "@assay/miner/serve/backends/backend";
import { serve } from "@assay/miner/serve/serve";
import { runService } from "@assay/service-kit/service";

/** Changes the last logit of every item, by one. */
function tampering(honest: Backend): Backend {
  return {
    get tensors() {
      return honest.tensors;
    },
    platform: honest.platform,
    ready: () => honest.ready(),
    async run(items, signal) {
      const outputs = await honest.run(items, signal);
      return outputs.map((output) => output.map((logit, i) => (i === output.length - 1 ? logit + 1 : logit)));
    },
  };
}

const { values } = parseArgs({ options: { config: { type: "string" } }, allowPositionals: true });
await runService("tampering-provider", async ({ signal }) => {
  if (values.config === undefined) throw new Error("--config is missing");
  await serve(await readServeSettings(values.config, {}), signal, tampering);
});
