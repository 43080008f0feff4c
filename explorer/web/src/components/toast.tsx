import { Toast as Radix } from "radix-ui";
import { useSyncExternalStore, type ReactNode } from "react";
import { cx } from "./cx.ts";

interface Message {
  id: number;
  text: string;
  tone: "neutral" | "good" | "bad";
}

let messages: readonly Message[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Message[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

/** Shows a short message for some seconds; screen readers hear it. */
export function toast(text: string, tone: Message["tone"] = "neutral"): void {
  lastId += 1;
  set([...messages, { id: lastId, text, tone }]);
}

const TONES = { neutral: "border-line", good: "border-good", bad: "border-bad" } as const;

/** Where messages appear; once, in the shell. */
export function Toasts(): ReactNode {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => messages,
  );
  return (
    <Radix.Provider duration={6_000}>
      {shown.map(({ id, text, tone }) => (
        <Radix.Root
          key={id}
          className={cx("rounded-lg border bg-surface px-4 py-3 text-sm shadow-lg", TONES[tone])}
          onOpenChange={(open) => {
            if (!open) set(messages.filter((message) => message.id !== id));
          }}
        >
          <Radix.Description>{text}</Radix.Description>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed right-4 bottom-4 z-50 grid w-[min(24rem,calc(100vw-2rem))] gap-2" />
    </Radix.Provider>
  );
}
