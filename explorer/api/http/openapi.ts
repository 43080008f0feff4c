import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Router } from "express";
import type { z } from "zod";
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { error } from "../../wire/common.ts";
import { faucetGrant, faucetRequest } from "../../wire/network.ts";
import type { RouteSpec } from "../../wire/route.ts";
import { sendJson, tagOf } from "./etag.ts";
import { allowDocs } from "./headers.ts";

const DOCUMENT_PATH = "/api/openapi.json";

const failure = (description: string) => ({
  description,
  content: { "application/json": { schema: error } },
});

/** The OpenAPI 3.1 document of all routes, made of their specs. */
export function openApiDocument(specs: readonly RouteSpec[]): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const { path, tag, summary, params, query, answer } of specs) {
    paths[path] = {
      get: {
        tags: [tag],
        summary,
        requestParams: { path: params as z.ZodObject, query: query as z.ZodObject },
        responses: {
          "200": { description: summary, content: { "application/json": { schema: answer } } },
          ...(path.includes("{") && { "404": failure("There is no such thing.") }),
          "4XX": failure("The request is not understood, or there were too many."),
          "5XX": failure("The explorer or its node cannot answer now."),
        },
      },
    };
  }
  paths["/api/events"] = {
    get: {
      tags: ["network"],
      summary:
        "Server-sent events: `status` and `head`, at first and with each change; `heartbeat` in between",
      responses: { "200": { description: "A stream", content: { "text/event-stream": {} } } },
    },
  };
  paths["/api/faucet"] = {
    post: {
      tags: ["network"],
      summary: "Sends test tokens to an address, on networks that have a faucet",
      requestBody: { required: true, content: { "application/json": { schema: faucetRequest } } },
      responses: {
        "200": {
          description: "They are in a block.",
          content: { "application/json": { schema: faucetGrant } },
        },
        "4XX": failure("Refused; the message says why, and Retry-After when to come back."),
        "5XX": failure("The faucet or its node cannot send now."),
      },
    },
  };
  paths["/api/rpc"] = {
    post: {
      tags: ["network"],
      summary: "CometBFT's JSON-RPC, for the methods that a wallet needs",
      responses: { "200": { description: "A JSON-RPC response", content: { "application/json": {} } } },
    },
  };
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Assay explorer",
      version: "1",
      description:
        "History comes from the index, present state from the node: answers with `value`, `height` and `stale` are " +
        "the node's, as of that height. Amounts are decimal strings of base units, times ISO 8601 in UTC. Lists are " +
        "cut into pages: pass `next` as `cursor`. Every answer has an ETag; ask again with If-None-Match.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
  });
}

/** What the documentation's own script does; it is a file because the policy allows no script inside of a document. */
const START = `window.addEventListener("load", () => {
  SwaggerUIBundle({ url: ${JSON.stringify(DOCUMENT_PATH)}, dom_id: "#docs", deepLinking: true, validatorUrl: null });
});
`;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Assay explorer API</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
    <script src="/api/docs/swagger-ui-bundle.js" defer></script>
    <script src="/api/docs/start.js" defer></script>
  </head>
  <body>
    <div id="docs"></div>
    <noscript>The API is described in <a href="${DOCUMENT_PATH}">${DOCUMENT_PATH}</a>.</noscript>
  </body>
</html>
`;

/** GET: the OpenAPI document, and Swagger UI over it at /api/docs, from our own origin. */
export async function serveOpenApi(specs: readonly RouteSpec[]): Promise<Router> {
  const document = openApiDocument(specs);
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  const files = new Map<string, { type: string; content: string }>([
    ["/", { type: "html", content: PAGE }],
    ["/start.js", { type: "js", content: START }],
    ["/swagger-ui.css", { type: "css", content: await readFile(join(folder, "swagger-ui.css"), "utf8") }],
    [
      "/swagger-ui-bundle.js",
      { type: "js", content: await readFile(join(folder, "swagger-ui-bundle.js"), "utf8") },
    ],
  ]);
  const router = Router();
  router.get(DOCUMENT_PATH, (request, response) => sendJson(request, response, document, "head"));
  const docs = Router();
  for (const [path, { type, content }] of files) {
    const etag = tagOf(content);
    docs.get(path, (_request, response) => {
      allowDocs(response);
      response.set({ "Cache-Control": "no-cache", ETag: etag }).type(type).send(content);
    });
  }
  return router.use("/api/docs", docs);
}
