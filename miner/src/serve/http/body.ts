import type { IncomingMessage } from "node:http";
import { Refusal } from "../gate.ts";

/** Throws 413 or 415 for a body that is not going to be read, before anything of it is. */
export function checkBody({ headers }: Pick<IncomingMessage, "headers">, maxBytes: number): void {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity")
    throw new Refusal(415, "unsupported_encoding", "compressed bodies are not read; send it as it is");
  if (Number(headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

/**
 * All of the body. Throws, without reading on, 413 `too_large`, 400 `aborted` when the client left, and the signal's
 * reason once it is aborted.
 */
export function readBody(request: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (): void => {
    request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
    signal.removeEventListener("abort", onAbort);
  };
  const fail = (reason: Error): void => {
    stop();
    request.pause();
    reject(reason);
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes) fail(tooLarge(maxBytes));
    else chunks.push(chunk);
  };
  const onEnd = (): void => {
    stop();
    resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
  };
  const onClose = (): void => fail(new Refusal(400, "aborted", "the client left before its body was sent"));
  const onAbort = (): void => fail(signal.reason as Error);
  request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  signal.addEventListener("abort", onAbort);
  if (request.destroyed) onClose();
  return promise;
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, "too_large", `the body has more than ${maxBytes} bytes; split the call`);
}
