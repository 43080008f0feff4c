import express, { Router } from "express";
import { z } from "zod";
import type { Logger } from "@assay/service-kit/log";
import { Counter, type Registry } from "@assay/service-kit/metrics";
import { cleanText } from "../text.ts";
import { limitRate } from "./limits.ts";
import { parseRequest } from "./route.ts";

const MAX_FIELD_LENGTH = 200;
const field = z
  .string()
  .transform((text) => cleanText(text.slice(0, 4 * MAX_FIELD_LENGTH), MAX_FIELD_LENGTH))
  .optional();

const report = z.object({
  "csp-report": z.object({
    "document-uri": field,
    "effective-directive": field,
    "violated-directive": field,
    "blocked-uri": field,
    "source-file": field,
    "line-number": z.int().nonnegative().optional(),
    "script-sample": field,
  }),
});

/** POST: what browsers refused by our policies; counted, and logged cut to length. Strangers can send it too. */
export function serveReports({ registry, log }: { registry: Registry; log: Logger }): Router {
  const counter = new Counter({
    name: "assay_explorer_csp_reports_total",
    help: "Reports of browsers that a Content-Security-Policy refused something.",
    registers: [registry],
  });
  const router = Router();
  router.post(
    "/",
    limitRate({ name: "csp-reports", perMinute: 30, advice: "Report less often" }),
    express.json({ limit: "16kb", type: ["application/csp-report", "application/json"] }),
    (request, response) => {
      const body = parseRequest(report, request.body)["csp-report"];
      counter.inc();
      log.warn({ report: body }, "a browser refused something by our policy");
      response.status(204).end();
    },
  );
  return router;
}
