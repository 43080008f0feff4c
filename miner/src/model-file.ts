import type { ArenaSpec } from "@assay/client/generated/assay/poi/v1/arena";
import { AnswerKind, TensorType } from "@assay/client/generated/assay/poi/v1/arena";
import type { Params } from "@assay/client/generated/assay/poi/v1/params";
import { codeOf, messageOf } from "@assay/service-kit/errors";
import { readLimited } from "@assay/service-kit/files";
import { ModelFileError, WrongArenaError } from "./errors.ts";
import { inspect, MAX_FILE_BYTES, type ModelInfo } from "./profile.ts";

/** A file that passed the profile. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  readonly info: ModelInfo;
}

/** Reads a model file and checks it against the profile. Throws {@link ModelFileError}. */
export async function readModel(path: string): Promise<ModelFile> {
  const bytes = await readLimited(path, MAX_FILE_BYTES).catch((error: unknown) => {
    const reason = codeOf(error) === "ENOENT" ? `there is no file ${path}` : messageOf(error);
    throw new ModelFileError(`cannot read the model: ${reason}`, { cause: error });
  });
  return { bytes, info: inspect(path, bytes) };
}

const TYPE_NAMES: ReadonlyMap<TensorType, string> = new Map([
  [TensorType.UINT8, "uint8"],
  [TensorType.INT8, "int8"],
  [TensorType.INT16, "int16"],
]);

/** Throws {@link WrongArenaError} unless the model takes the arena's items and answers in its way. */
export function checkFit(spec: ArenaSpec, { input, outputs }: ModelInfo): void {
  const wanted = `${TYPE_NAMES.get(spec.inputType) ?? "?"}[${spec.inputShape.join(",")}]`;
  const given = `${input.type}[${input.shape.join(",")}]`;
  if (given !== wanted) {
    throw new WrongArenaError(
      `the model takes ${given}, items of arena ${spec.name} are ${wanted}: export it with that input`,
    );
  }
  const logits = spec.answer === AnswerKind.SCALAR ? 1 : spec.labels.length;
  if (outputs.length !== 1 || outputs[0] !== logits) {
    throw new WrongArenaError(
      `the model returns [${outputs.join(",")}] per item, arena ${spec.name} takes [${logits}]: one output of int32, ` +
        `${spec.answer === AnswerKind.SCALAR ? "the answer" : "a logit for each label"}`,
    );
  }
}

/** Throws {@link WrongArenaError} when the model is above what the chain runs or stores. */
export function checkCaps(
  params: Pick<Params, "maxModelMacs" | "maxFileBytes">,
  { bytes, info }: ModelFile,
): void {
  if (BigInt(info.cost) > params.maxModelMacs) {
    throw new WrongArenaError(
      `a run costs ${info.cost} (MACs and output elements), the chain takes at most ${params.maxModelMacs}: make the model smaller`,
    );
  }
  if (bytes.length > params.maxFileBytes) {
    throw new WrongArenaError(
      `the file has ${bytes.length} bytes, the chain takes at most ${params.maxFileBytes}: keep weights as int8 initializers`,
    );
  }
}
