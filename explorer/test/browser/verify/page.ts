/** What the test calls in the browser; bytes go there and back as lists of numbers. */
import { openFile } from "../../../web/src/verify/model.ts";

export interface VerifyPage {
  /** Runs a model on items that stand back to back. */
  runFile(file: number[], items: number[], count: number): Promise<{ width: number; outputs: number[] }>;
  /** Opens a model, aborts while it runs, and tells how that ends. */
  abortRun(file: number[], items: number[], count: number): Promise<string>;
  /** What the page's policy says to another script. */
  startOther(url: string): string;
}

const page: VerifyPage = {
  async runFile(file, items, count) {
    const model = await openFile(Uint8Array.from(file), new AbortController().signal);
    try {
      return { width: model.outputWidth, outputs: [...(await model.run(Uint8Array.from(items), count))] };
    } finally {
      model.close();
    }
  },
  async abortRun(file, items, count) {
    const controller = new AbortController();
    const model = await openFile(Uint8Array.from(file), controller.signal);
    const running = model.run(Uint8Array.from(items), count);
    controller.abort(new Error("enough"));
    const first = await running.then(() => "done", String);
    const second = await model.run(Uint8Array.from(items), count).then(() => "done", String);
    return `${first}, then ${second}`;
  },
  startOther(url) {
    try {
      new Worker(url, { type: "module" });
      return "started";
    } catch (error) {
      return String(error);
    }
  },
};

Object.assign(globalThis, { page });
