import type { ErrorRequestHandler, RequestHandler } from "express";
import { OipError } from "@assay/client/oip/errors";
import type { Logger } from "@assay/service-kit/log";
import { Refusal } from "../gate.ts";

/** What no route took. */
export function notFound(): RequestHandler {
  return () => {
    throw new Refusal(404, "not_found", "nothing is here; GET /v2 says what this server is");
  };
}

/** A body that was refused is not read to its end if that is further than this; the connection ends instead. */
const MAX_DISCARDED_BYTES = 64 * 1024;

/** Writes every error answer: `{"error", "code"}`. Strangers learn nothing about errors nobody foresaw. */
export function errorHandler(log: Logger, onRefused: (code: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const refusal = refusalOf(error);
    onRefused(refusal.code);
    if (refusal.status >= 500)
      log.warn({ error, code: refusal.code, path: request.path }, "a call was not served");
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
  return new Refusal(500, "internal", "something went wrong here; the provider's log says what");
}
