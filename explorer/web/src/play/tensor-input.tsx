import { useEffect, useState, type ReactNode } from "react";
import type { getArenaExamples, Task } from "../../../wire/poi-models.ts";
import { useApi } from "../api/use-api.ts";
import { Button } from "../components/button.tsx";
import { Field } from "../components/field.tsx";
import { formatTensor, parseTensor } from "./tensor.ts";

/** Numbers as JSON, with items that sponsors opened as examples. */
export function TensorInput({
  arena,
  input,
  onChange,
}: {
  arena: number;
  input: Task["input"];
  onChange: (item: Uint8Array | null) => void;
}): ReactNode {
  const { data } = useApi<typeof getArenaExamples>("/api/arenas/{arena}/examples", { params: { arena } });
  const [typed, setTyped] = useState<string>();
  const examples = data?.items ?? [];
  const text = typed ?? (examples[0] ? formatTensor(bytesOf(examples[0].input), input.type) : "");
  const { item, problem } = read(text, input);
  useEffect(() => onChange(read(text, input).item), [text, input, onChange]);
  return (
    <div className="grid gap-3">
      <Field
        label="Numbers"
        hint={`A JSON list of ${input.shape.join(" × ")} whole numbers of type ${input.type}, row by row.`}
        error={text === "" || item ? undefined : problem}
      >
        {(field) => (
          <textarea
            {...field}
            rows={6}
            spellCheck={false}
            value={text}
            className={`${field.className} font-mono`}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        )}
      </Field>
      {examples.length === 0 ? null : (
        <div role="group" aria-label="Examples" className="flex flex-wrap gap-1.5">
          {examples.slice(0, 6).map((example, i) => (
            <Button key={i} onClick={() => setTyped(formatTensor(bytesOf(example.input), input.type))}>
              Example {i + 1}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

function read(text: string, { type, shape }: Task["input"]): { item: Uint8Array | null; problem: string } {
  try {
    return { item: parseTensor(text, type, shape), problem: "" };
  } catch (error) {
    return { item: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
