import { AssayError } from "../errors.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
  /** Longest answer that is read, in bytes. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

/**
 * Sends one HTTP request and reads all of the answer. Follows no redirect: what is paid is paid to one server.
 * Throws {@link AnswerTooLargeError}, the signal's reason, or what the network says.
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

/** A server sent more than was to be read. */
export class AnswerTooLargeError extends AssayError {
  constructor(url: string, limit: number) {
    super(`The answer of ${url} is longer than ${limit} bytes. Send fewer items in a call.`, {
      details: { url, limit },
    });
  }
}

/** Over `fetch`, in browsers and in Node. `@assay/service-kit/transport` is faster in Node. */
export function createFetchTransport(fetch: typeof globalThis.fetch = globalThis.fetch): Transport {
  return async ({ method, url, headers, body, maxBytes, signal }) => {
    const response = await fetch(url, { method, headers, body, signal, redirect: "error" });
    return {
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body: await readAll(response, url, maxBytes),
    };
  };
}

async function readAll(response: Response, url: string, limit: number): Promise<Uint8Array> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > limit) {
      await reader.cancel();
      throw new AnswerTooLargeError(url, limit);
    }
    parts.push(part.value);
  }
  return joinParts(parts, length);
}

/** Parts of a body back to back. */
export function joinParts(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
