import type { ErrorRequestHandler, RequestHandler } from "express";
import { NotFoundError } from "@assay/client/errors";
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

/** 404 with a message for people, e.g. "There is no block 7 yet." */
export function notFound(message: string): HttpError {
  return new HttpError(404, message);
}

/** What no route took. */
export function nothingHere(): RequestHandler {
  return (request) => {
    if (request.method === "GET" || request.method === "HEAD")
      throw notFound("There is nothing at this address.");
    throw new HttpError(405, "This address only answers GET.", { Allow: "GET, HEAD" });
  };
}

/** Writes every error answer: `{"error":{"status","message"}}`. Strangers learn nothing about errors nobody foresaw. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, message, headers } = asHttpError(error, log, request.path);
    response
      .status(status)
      .set({ "Cache-Control": "no-store", ...headers })
      .json({ error: { status, message } });
  };
}

/** The answer that an error becomes; one that nobody foresaw is logged. */
export function asHttpError(error: unknown, log: Logger, path: string): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof NotFoundError) return notFound("The chain knows nothing by this name (any more).");
  const known = requestError(error);
  if (known !== undefined) return known;
  log.error({ error, path }, "a request failed");
  return new HttpError(500, "Something went wrong here; the log of this explorer says what.");
}

/** Errors that express and its parts raise on requests they cannot read, such as a malformed path or body. */
function requestError(error: unknown): HttpError | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return undefined;
  if (error.status < 400 || error.status >= 500) return undefined;
  return new HttpError(
    error.status,
    error.status === 413 ? "The request is too large." : "The request cannot be read.",
  );
}
