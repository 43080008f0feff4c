import type { Io } from "./output.ts";

/** Tells of steps that take a while, on standard error: one line that is replaced on a terminal, lines elsewhere. */
export interface Progress {
  step(text: string): void;
  /** Takes the line away, so that a result or a question can follow. */
  clear(): void;
}

export function createProgress(io: Io): Progress {
  let shown = "";
  return {
    step(text) {
      if (text === shown) return;
      io.err(io.errIsTty ? `\r\u001b[2K${text} …` : `${text} …\n`);
      shown = text;
    },
    clear() {
      if (io.errIsTty && shown !== "") io.err("\r\u001b[2K");
      shown = "";
    },
  };
}
