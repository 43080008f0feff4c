import { Monitor, Moon, Sun } from "lucide-react";
import { useState, type ReactNode } from "react";

type Choice = "system" | "light" | "dark";

const KEY = "assay-theme";
const CHOICES: readonly { choice: Choice; name: string; icon: typeof Sun }[] = [
  { choice: "system", name: "as your system", icon: Monitor },
  { choice: "light", name: "light", icon: Sun },
  { choice: "dark", name: "dark", icon: Moon },
];

function apply(choice: Choice): void {
  const { dataset } = document.documentElement;
  if (choice === "system") delete dataset["theme"];
  else dataset["theme"] = choice;
}

function stored(): Choice {
  const value = localStorage.getItem(KEY);
  return CHOICES.find(({ choice }) => choice === value)?.choice ?? "system";
}

/** Puts the colours the reader once chose in this browser in force; before anything is drawn. */
export function applyStoredTheme(): void {
  apply(stored());
}

/** Goes through the colours: those of the system, light, dark. */
export function ThemeButton(): ReactNode {
  const [choice, setChoice] = useState(stored);
  const index = CHOICES.findIndex((entry) => entry.choice === choice);
  const now = CHOICES[index] ?? CHOICES[0];
  const next = CHOICES[(index + 1) % CHOICES.length] ?? CHOICES[0];
  if (now === undefined || next === undefined) return null;
  return (
    <button
      type="button"
      className="rounded-lg p-2 text-muted hover:bg-surface-2 hover:text-ink"
      title={`Colours: ${now.name}`}
      aria-label={`Colours: ${now.name}. Change to ${next.name}`}
      onClick={() => {
        localStorage.setItem(KEY, next.choice);
        apply(next.choice);
        setChoice(next.choice);
      }}
    >
      <now.icon className="size-4.5" aria-hidden="true" />
    </button>
  );
}
