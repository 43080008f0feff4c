import { randomBytes } from "node:crypto";
import type { RequestHandler, Response } from "express";
import helmet from "helmet";

/** Where browsers report what a policy refused. */
export const REPORTS_PATH = "/api/csp-reports";

type Policy = Readonly<Record<string, string>>;

/** Of everything that is no document: nothing in it ever runs. */
const DATA: Policy = { "default-src": "'none'", "frame-ancestors": "'none'" };

/**
 * Of pages: our own files, our own origin, no string as markup or script (the one Trusted Types policy makes URLs of our
 * own workers). Styles that Radix makes at run time carry the nonce.
 */
function pagePolicy(nonce: string, connect: readonly string[]): Policy {
  return {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": `'self' 'nonce-${nonce}'`,
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": ["'self'", ...connect].join(" "),
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "assay-worker",
    "report-uri": REPORTS_PATH,
  };
}

/** A worker has a policy of its own; only there WebAssembly may be compiled, to run models. */
const WORKER: Policy = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "connect-src": "'self'",
  "report-uri": REPORTS_PATH,
};

/** Of the API's documentation, which is somebody else's script: it writes styles and markup, but is kept to our origin. */
const DOCS: Policy = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self' 'unsafe-inline'",
  "img-src": "'self' data:",
  "connect-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

/** Security headers of every answer, with the policy of answers that are data. */
export function securityHeaders(): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: false,
      // Whoever ends TLS for us decides on it.
      strictTransportSecurity: false,
      xFrameOptions: { action: "deny" },
    }),
    (_request, response, next) => {
      setPolicy(response, DATA);
      response.set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
      next();
    },
  ];
}

/**
 * Lets the answer be a page. Returns the nonce for its styles.
 *
 * @param connect further origins it may talk to.
 */
export function allowPage(response: Response, connect: readonly string[] = []): string {
  const nonce = randomBytes(16).toString("base64url");
  setPolicy(response, pagePolicy(nonce, connect));
  return nonce;
}

/** Lets the answer be the script of a worker. */
export function allowWorker(response: Response): void {
  setPolicy(response, WORKER);
}

/** Lets the answer be the API's documentation. */
export function allowDocs(response: Response): void {
  setPolicy(response, DOCS);
}

function setPolicy(response: Response, policy: Policy): void {
  const directives = Object.entries(policy).map(([name, value]) => `${name} ${value}`);
  response.set("Content-Security-Policy", directives.join("; "));
}
