/**
 * A network in which one of four scorers forges its rows: `npm run e2e:forge`. Ends with exit code 0 when the chain
 * has convicted it, and nobody else, within the first epoch in which it posted rows.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getConvictions } from "@assay/client/actions/getConvictions";
import { getEpoch } from "@assay/client/actions/getEpoch";
import { getEpochs } from "@assay/client/actions/getEpochs";
import { getSlots } from "@assay/client/actions/getSlots";
import { LocalNetwork } from "../network/network.ts";
import { waitFor } from "../network/wait.ts";

const FORGER = 2;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
const dir = await mkdtemp(join(tmpdir(), "assay-forge-"));
let network: LocalNetwork | undefined;
try {
  network = await LocalNetwork.start({ dir, validators: 4, progress: console.log, signal: stop.signal });
  await network.startSponsors();
  await network.startScorers(FORGER);
  await network.waitForCommitments();
  await network.startMiners();
  process.exitCode = await watch(network);
} finally {
  await network?.stop();
  if (process.exitCode === 0) await rm(dir, { recursive: true, force: true });
  else console.error(`logs are in ${join(dir, "logs")}`);
}

async function watch(running: LocalNetwork): Promise<number> {
  const client = await running.client();
  const forger = running.account(`validator-${FORGER}`).address;
  const conviction = await waitFor(
    async () => (await getConvictions(client))[0],
    running.waiting("a conviction", 300_000),
  );
  const { epoch } = await waitFor(
    () => getEpoch(client, { epoch: conviction.epoch }),
    running.waiting("the end of the epoch", 120_000),
  );
  const drawn = (await getEpochs(client)).filter(({ slots }) => slots > 0);
  const firstForged = await firstWithRowsOf(
    forger,
    drawn.map((record) => record.epoch),
  );
  const all = await getConvictions(client);
  const result = {
    forger,
    convicted: all.map(({ scorer }) => scorer),
    epoch: conviction.epoch.toString(),
    firstForgedEpoch: firstForged?.toString(),
    slashed: conviction.slashed,
    foundBy: conviction.challenger === "" ? "audit" : conviction.challenger,
    height: conviction.height.toString(),
    convictionsInEpoch: epoch.convictions,
  };
  console.log(JSON.stringify(result, null, 2));
  return all.length === 1 && conviction.scorer === forger && firstForged === conviction.epoch ? 0 : 1;

  async function firstWithRowsOf(operator: string, epochs: readonly bigint[]): Promise<bigint | undefined> {
    for (const candidate of epochs) {
      const slots = await getSlots(client, { epoch: candidate });
      if (slots.some(({ scorer, rowsPosted }) => scorer === operator && rowsPosted)) return candidate;
    }
    return undefined;
  }
}
