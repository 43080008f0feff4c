import { useEffect, useState, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { Field } from "../components/field.tsx";
import type { TextExample } from "./examples.ts";

const MAX_LENGTH = 4_000;

/** A text to type, with examples to begin with; the first one is there already. */
export function TextInput({
  examples,
  onChange,
}: {
  examples: readonly TextExample[];
  onChange: (text: string) => void;
}): ReactNode {
  const [text, setText] = useState(examples[0]?.text ?? "");
  useEffect(() => onChange(text), [text, onChange]);
  return (
    <div className="grid gap-3">
      <Field label="Text">
        {(field) => (
          <textarea
            {...field}
            rows={5}
            maxLength={MAX_LENGTH}
            value={text}
            dir="auto"
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
        )}
      </Field>
      <div role="group" aria-label="Example texts" className="flex flex-wrap gap-1.5">
        {examples.map((example) => (
          <Button
            key={example.name}
            aria-pressed={example.text === text}
            className="aria-pressed:border-accent aria-pressed:text-accent"
            onClick={() => setText(example.text)}
          >
            {example.name}
          </Button>
        ))}
      </div>
    </div>
  );
}
