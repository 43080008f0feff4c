import { getArena } from "@assay/client/actions/getArena";
import { getModel } from "@assay/client/actions/getModel";
import { TensorType, type Arena } from "@assay/client/generated/assay/poi/v1/arena";
import type { RawItem } from "@assay/client/preprocessing/items";
import { preprocess } from "@assay/client/preprocessing/preprocess";
import { toHex } from "@cosmjs/encoding";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { DrawInput } from "../play/draw-input.tsx";
import { TEXT_EXAMPLES } from "../play/examples.ts";
import { TensorInput } from "../play/tensor-input.tsx";
import { TextInput } from "../play/text-input.tsx";
import { messageOf } from "../wallet/store.ts";
import type { InputProps } from "./inputs.tsx";

const DRAWN = "gray-28x28";

const TYPES: Partial<Record<TensorType, string>> = {
  [TensorType.UINT8]: "uint8",
  [TensorType.INT8]: "int8",
  [TensorType.INT16]: "int16",
};

/** What a model is asked: a drawing or a text, as its arena takes it, else numbers. */
export function ItemInput({ model, context, setValue }: InputProps): ReactNode {
  const arena = useQuery({
    queryKey: ["arena-of-model", model],
    queryFn: async (): Promise<Arena> => {
      const { client } = context.chain;
      const { arena } = await getModel(client, { modelHex: model });
      return (await getArena(client, { arena })).arena;
    },
    enabled: /^[0-9a-f]{64}$/.test(model),
    staleTime: Infinity,
  });
  if (!arena.data)
    return (
      <p className="text-sm text-muted">
        {arena.isError ? "The model could not be read from the chain." : "Choose a model first."}
      </p>
    );
  return <ItemOf key={String(arena.data.id)} arena={arena.data} setValue={setValue} />;
}

function ItemOf({ arena, setValue }: { arena: Arena; setValue(value: string): void }): ReactNode {
  const [problem, setProblem] = useState<string>();
  // The inputs tell again whenever they are given another function.
  const set = useRef(setValue);
  useEffect(() => {
    set.current = setValue;
  });
  const preprocessing = arena.spec?.preprocessing ?? "";
  const takeRaw = useCallback(
    (item: RawItem | null) => {
      try {
        set.current(item === null || item === "" ? "" : toHex(preprocess(preprocessing, item)));
        setProblem(undefined);
      } catch (error) {
        set.current("");
        setProblem(messageOf(error));
      }
    },
    [preprocessing],
  );
  const takeTensor = useCallback((item: Uint8Array | null) => set.current(item ? toHex(item) : ""), []);
  const input = useMemo(
    () => ({
      type: TYPES[arena.spec?.inputType ?? TensorType.UNRECOGNIZED] ?? "unknown",
      shape: [...(arena.spec?.inputShape ?? [])],
      preprocessing,
    }),
    [arena, preprocessing],
  );
  const examples = TEXT_EXAMPLES[preprocessing];
  return (
    <>
      {preprocessing === DRAWN ? (
        <DrawInput onChange={takeRaw} />
      ) : examples ? (
        <TextInput examples={examples} onChange={takeRaw} />
      ) : (
        <TensorInput arena={Number(arena.id)} input={input} onChange={takeTensor} />
      )}
      {problem === undefined ? null : (
        <p role="alert" className="text-xs text-bad">
          {problem}
        </p>
      )}
    </>
  );
}
