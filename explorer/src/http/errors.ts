import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "@assay/service-kit/log";

/** An answer that is an error; its message is shown to the caller. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = new.target.name;
    this.status = status;
    this.headers = headers;
  }
}

/** What no route took. */
export function notFound(): RequestHandler {
  return (request) => {
    const read = request.method === "GET" || request.method === "HEAD";
    if (read) throw new HttpError(404, "There is nothing at this address.");
    throw new HttpError(405, "This server only answers GET.", { Allow: "GET, HEAD" });
  };
}

/** Writes every error answer: `{"error":{"status","message"}}`. Strangers learn nothing about errors nobody foresaw. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const known = error instanceof HttpError ? error : clientError(error);
    if (known === undefined) log.error({ error, path: request.path }, "a request failed");
    const { status, message, headers } =
      known ?? new HttpError(500, "Something went wrong here; the log says what.");
    response.status(status).set(headers).json({ error: { status, message } });
  };
}

/** Errors that express and its parts raise on requests they cannot read, such as a malformed path. */
function clientError(error: unknown): HttpError | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return undefined;
  return error.status >= 400 && error.status < 500
    ? new HttpError(error.status, "The request cannot be read.")
    : undefined;
}
