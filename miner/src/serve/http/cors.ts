import type { RequestHandler } from "express";

const EXPOSED = [
  "Assay-Receipt",
  "Inference-Header-Content-Length",
  "PAYMENT-REQUIRED",
  "PAYMENT-RESPONSE",
  "Retry-After",
].join(", ");

const ALLOWED = ["Assay-Call", "Content-Type", "Inference-Header-Content-Length", "PAYMENT-SIGNATURE"].join(
  ", ",
);

/** Lets pages of any origin call: there are no cookies here, and what a call costs is signed by its caller. */
export function allowPages(): RequestHandler {
  return (request, response, next) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Expose-Headers", EXPOSED);
    if (request.method !== "OPTIONS") return next();
    response.writeHead(204, {
      "Access-Control-Allow-Methods": "GET, POST",
      "Access-Control-Allow-Headers": ALLOWED,
      "Access-Control-Max-Age": "86400",
    });
    response.end();
  };
}
