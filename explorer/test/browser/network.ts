import { fileURLToPath } from "node:url";
import type { AssayClient } from "@assay/client/client";
import { ServiceEntry } from "@assay/client/generated/assay/marketplace/v1/query";
import { Arena, Step } from "@assay/client/generated/assay/poi/v1/arena";
import { Clock, Phase } from "@assay/client/generated/assay/poi/v1/epoch";
import { Model, ModelStatus } from "@assay/client/generated/assay/poi/v1/model";
import { Params } from "@assay/client/generated/assay/poi/v1/params";
import { Sponsor } from "@assay/client/generated/assay/poi/v1/participant";
import { areas } from "../../api/areas.ts";
import { loadPages, type Pages } from "../../api/http/pages.ts";
import type { NodeState } from "../../api/node/state.ts";
import { serveApp, type Running } from "../api/http/support.ts";
import { blockOf, indexBlocks, openMemory } from "../api/support.ts";
import { claimed, fee, listed, opened, serviceOf } from "../api/market/fixture.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const AUTHOR = "assay1604c62fdstxmvx5a92ze57ytt57urzflyg7r25";
const SCORER = "assay14mrdc3wamtsruxfuymwjj7ftvwpdwcpeplug25";

const idOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const REFERENCE = idOf(0xa1);
const TOP = idOf(0xa2);

const model = (id: Uint8Array, name: string, accuracy: number, status: ModelStatus): Model =>
  Model.fromPartial({
    id,
    arena: 1n,
    author: AUTHOR,
    name,
    status,
    accuracy,
    smoothed: accuracy,
    accuracySum: BigInt(accuracy * 4),
    scoredEpochs: 4n,
    scoredItems: 2_560n,
    stepMark: status === ModelStatus.TOP ? 2 : 1,
    hasFile: true,
    terms: { licence: "Apache-2.0" },
  });

/** A node in the ROWS phase of epoch 5, with an arena of two models and a service. */
const node: NodeState = {
  async ask(_key, read) {
    const models = [
      model(REFERENCE, "digits-reference", 600_000, ModelStatus.ARCHIVED),
      model(TOP, "digits-conv", 970_000, ModelStatus.TOP),
    ];
    const params = Params.fromPartial({
      beaconBlocks: 3,
      inputBlocks: 4,
      rowsBlocks: 5,
      labelBlocks: 3,
      challengeBlocks: 6,
    });
    const arena = Arena.fromPartial({
      id: 1n,
      spec: {
        name: "digits",
        description: "Handwritten digits",
        inputShape: [1, 28, 28],
        preprocessing: "gray-28x28",
        labels: ["0", "1"],
      },
      weight: 100,
      steps: 2,
      top: TOP,
      settledEpochs: 4n,
      potPerEpoch: "0",
    });
    const client = {
      poi: {
        Params: async () => ({ params }),
        Clock: async () => ({
          clock: Clock.fromPartial({
            epoch: 5n,
            phase: Phase.ROWS,
            epochStart: 30n,
            phaseStart: 37n,
            phaseEnd: 41n,
            settledEpochs: 4n,
          }),
          params,
          height: 38n,
        }),
        Arenas: async () => ({ arenas: [arena] }),
        Arena: async () => ({ arena, pot: "0" }),
        Ladder: async () => ({
          steps: [
            Step.fromPartial({ arena: 1n, index: 0, model: REFERENCE, epoch: 0n }),
            Step.fromPartial({ arena: 1n, index: 1, model: TOP, epoch: 2n, gain: 200_000n, weighted: true }),
          ],
        }),
        Sponsors: async () => ({ sponsors: [Sponsor.fromPartial({ address: AUTHOR, approved: true })] }),
        Contenders: async () => ({ contenders: [] }),
        Models: async () => ({ models }),
        Scorers: async () => ({ scorers: [] }),
      },
      marketplace: {
        Services: async () => ({
          services: [ServiceEntry.fromPartial({ service: serviceOf(1n), modelName: "digits-conv" })],
        }),
      },
      staking: { Validators: async () => ({ validators: [] }) },
    };
    const answers = client as unknown as AssayClient;
    return { value: await read(answers), height: 38, stale: false };
  },
};

/** The built pages. */
export function builtPages(): Promise<Pages> {
  return loadPages(DIST);
}

/** The whole explorer over a small network that stands still, until the test ends. */
export async function serveNetwork(pages: Pages): Promise<Running> {
  const db = await openMemory(areas);
  const start = Date.now() - 38_000;
  const conviction = {
    epoch: 4n,
    scorer: SCORER,
    slot: 2n,
    model: TOP,
    item: 5,
    expectedAnswer: Uint8Array.of(1),
    expectedTag: new Uint8Array(4),
    recordedAnswer: Uint8Array.of(2),
    recordedTag: new Uint8Array(4),
    slashed: "10",
    challenger: "",
    reward: "0",
    height: 30n,
    jailed: false,
  };
  const blocks = Array.from({ length: 38 }, (_, at) => {
    const height = at + 1;
    const events = {
      2: [listed(serviceOf(1n))],
      30: [{ name: "EventScorerConvicted" as const, value: { conviction } }],
    }[height];
    const txs = {
      3: [{ signers: [AUTHOR], events: [opened(1, 1n, "5000000")] }],
      4: [{ signers: [AUTHOR], events: [claimed(1, 1n, 0, 1_000n, 1_000n), fee("10", "10")] }],
      36: [{ signers: [SCORER], code: 5, codespace: "sdk" }],
    }[height];
    return blockOf({ height, time: new Date(start + height * 1_000).toISOString(), events, txs });
  });
  await indexBlocks(db, areas, blocks);
  return serveApp({
    context: { db, node, decoder: { decode: () => undefined } },
    routes: areas.flatMap(({ routes }) => routes),
    pages: { pages, endpointOrigin: async () => undefined },
  });
}
