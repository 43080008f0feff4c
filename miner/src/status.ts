import { loadKey } from "@assay/service-kit/keys";
import { chainOf, type MinerChain } from "./chain.ts";
import type { RunSettings } from "./config.ts";
import { statusName } from "./follow.ts";
import { readModel } from "./model-file.ts";
import { connect } from "./setup.ts";

/** Where a model of the config stands. Amounts in uassay. */
export interface StatusReport {
  readonly arena: string;
  readonly name: string;
  readonly model: string;
  readonly owner: string;
  /** "not registered", or its place: contender, top, archived, evicted, withdrawn. */
  readonly status: string;
  /** 0 to 1; undefined before the first score. */
  readonly accuracy: number | undefined;
  readonly scoredItems: string;
  /** Index of the step of the ladder it took. */
  readonly step: number | undefined;
  /** Against the top: items only it has right, items only the top has right, items compared. */
  readonly against: { readonly ahead: number; readonly behind: number; readonly items: number } | undefined;
  readonly called: boolean;
  /** What the owner may claim, for all his models together. */
  readonly claimable: string;
}

const MILLION = 1_000_000;

/** The `status` command. Reads the chain only, so it also works beside a running process. */
export async function status(settings: RunSettings, signal: AbortSignal): Promise<StatusReport[]> {
  const chain = chainOf(await connect(settings, signal));
  return Promise.all(settings.models.map((model) => statusOf(chain, model)));
}

async function statusOf(
  chain: MinerChain,
  { arena, name, key, file }: RunSettings["models"][number],
): Promise<StatusReport> {
  const [{ address }, { info }] = await Promise.all([loadKey(key), readModel(file)]);
  const [model, contender, claimable] = await Promise.all([
    chain.model(info.sha256),
    chain.contender(info.sha256),
    chain.rewards(address),
  ]);
  return {
    arena,
    name,
    model: info.sha256,
    owner: address,
    status: model ? statusName(model.status) : "not registered",
    accuracy: model && model.scoredEpochs > 0n ? model.smoothed / MILLION : undefined,
    scoredItems: (model?.scoredItems ?? 0n).toString(),
    step: model && model.stepMark > 0 ? model.stepMark - 1 : undefined,
    against: contender && {
      ahead: contender.screening.b,
      behind: contender.screening.c,
      items: contender.screening.n,
    },
    called: contender?.called ?? false,
    claimable: claimable.toString(),
  };
}
