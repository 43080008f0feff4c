import type { ErrorRequestHandler, RequestHandler } from "express";
import { OipError } from "@assay/client/oip/errors";
import type { Logger } from "@assay/service-kit/log";
import { Refusal } from "../gate.ts";

/** Code of errors that nobody foresaw: all of them are logged. */
const INTERNAL = "internal";

/** What no route took. */
export function notFound(): RequestHandler {
  return () => {
    throw new Refusal(404, "not_found", "nothing is here; GET /v2 says what this server is");
  };
}

/** A body that was refused is not read to its end if that is further than this; the connection ends instead. */
const MAX_DISCARDED_BYTES = 64 * 1024;

/** Of one code no more than this often in the log: strangers must not be able to fill it. */
const LOG_MS = 10_000;

export interface ErrorHandlerOptions {
  log: Logger;
  onRefused: (code: string) => void;
  now?: () => number;
}

/** Writes every error answer: `{"error", "code"}`. Strangers learn nothing about errors nobody foresaw. */
export function errorHandler({ log, onRefused, now = Date.now }: ErrorHandlerOptions): ErrorRequestHandler {
  const logged = new Map<string, number>();
  const report = ({ status, code }: Refusal, error: unknown, path: string): void => {
    if (status < 500 || now() < (logged.get(code) ?? 0) + LOG_MS) return;
    if (code !== INTERNAL) logged.set(code, now());
    log.warn({ error, code, path }, "a request was not served");
  };
  return (error: unknown, request, response, next) => {
    const refusal = refusalOf(error);
    onRefused(refusal.code);
    report(refusal, error, request.path);
    if (response.headersSent) return next(error);
    const { status, code, message, headers, body } = refusal;
    if (!request.complete) {
      const left = Number(request.headers["content-length"] ?? Infinity);
      if (left > MAX_DISCARDED_BYTES || status === 408) response.set("Connection", "close");
    }
    response
      .status(status)
      .set(headers)
      .json({ ...body, error: message, code });
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof OipError)
    return new Refusal(error.code === "too_large" ? 413 : 400, error.code, error.message);
  // Express raises these on paths it cannot decode.
  if (error instanceof URIError) return new Refusal(400, "malformed", "the path cannot be read");
  return new Refusal(500, INTERNAL, "something went wrong here; the provider's log says what");
}
