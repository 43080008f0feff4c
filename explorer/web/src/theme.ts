import { useEffect, useState } from "react";

export type ThemeChoice = "system" | "light" | "dark";

const KEY = "assay-theme";
const CHOICES: readonly ThemeChoice[] = ["system", "light", "dark"];
const darkSystem = window.matchMedia("(prefers-color-scheme: dark)");

function isChoice(value: string | null): value is ThemeChoice {
  return CHOICES.some((choice) => choice === value);
}

function stored(): ThemeChoice {
  const value = localStorage.getItem(KEY);
  return isChoice(value) ? value : "system";
}

export function nextChoice(choice: ThemeChoice): ThemeChoice {
  return CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? "system";
}

/** The reader's choice, kept in this browser, and whether it comes out dark. */
export function useTheme(): { choice: ThemeChoice; dark: boolean; choose: (choice: ThemeChoice) => void } {
  const [choice, setChoice] = useState(stored);
  const [systemDark, setSystemDark] = useState(darkSystem.matches);
  useEffect(() => {
    const follow = (event: MediaQueryListEvent): void => setSystemDark(event.matches);
    darkSystem.addEventListener("change", follow);
    return () => darkSystem.removeEventListener("change", follow);
  }, []);
  const dark = choice === "dark" || (choice === "system" && systemDark);
  // During render, so that the chart below reads the new colours.
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  return {
    choice,
    dark,
    choose(next) {
      localStorage.setItem(KEY, next);
      setChoice(next);
    },
  };
}
