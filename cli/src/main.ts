#!/usr/bin/env node
import { createInterface } from "node:readline/promises";
import { runService } from "@assay/service-kit/service";
import { UsageError } from "./errors.ts";
import type { Io } from "./output.ts";
import { runCli } from "./program.ts";

const { stdin, stdout, stderr } = process;

const io: Io = {
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  outIsTty: stdout.isTTY,
  errIsTty: stderr.isTTY,
  inIsTty: stdin.isTTY,
  // Read every time, as windows change; some terminals say 0.
  get columns() {
    return stdout.columns || 80;
  },
  ask: async (question, signal) => {
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      return await lines.question(question, { signal });
    } finally {
      lines.close();
    }
  },
  readInput: async (limit) => {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stdin as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new UsageError(`standard input is longer than ${limit} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  },
};

// A reader such as `head` that has seen enough is no failure.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

await runService("assay", ({ signal }) => runCli(process.argv.slice(2), { io, signal }));
