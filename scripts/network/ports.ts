import { createServer } from "node:net";

/** Ports a node of a local network takes, from its first. */
const PORTS_PER_NODE = 5;
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** First of enough consecutive free ports on loopback for the nodes. */
export async function freeBasePort(nodes: number): Promise<number> {
  const count = nodes * PORTS_PER_NODE;
  for (let tries = 0; tries < 50; tries++) {
    const base = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST - count));
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(base + i)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`found no ${count} consecutive free ports between ${LOWEST} and ${HIGHEST}`);
}

/** Whether a program could listen on a loopback port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A free loopback port. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
