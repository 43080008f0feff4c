import { expect } from "chai";
import { z } from "zod";
import { serve } from "../../../api/http/route.ts";
import { page, pageQuery } from "../../../wire/common.ts";
import { defineRoute } from "../../../wire/route.ts";
import { serveApp } from "./support.ts";

const spec = defineRoute({
  path: "/api/arenas/{arena}/things",
  tag: "things",
  summary: "Things of an arena",
  params: z.object({ arena: z.coerce.number().int() }),
  query: pageQuery,
  answer: page(z.object({ name: z.string() })),
});

describe("the documentation", () => {
  it("is made of the routes", async () => {
    const route = serve(spec, async () => ({ items: [], next: null }));
    const { get } = await serveApp({ routes: [route] });
    const document = (await (await get("/api/openapi.json")).json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<string, { parameters?: { name: string; in: string; required?: boolean }[] }>
      >;
    };
    expect(document.openapi).to.equal("3.1.0");
    expect(Object.keys(document.paths)).to.include.members([
      "/api/status",
      "/api/network",
      "/api/arenas/{arena}/things",
      "/api/events",
      "/api/faucet",
      "/api/rpc",
    ]);
    const parameters = document.paths["/api/arenas/{arena}/things"]?.["get"]?.parameters ?? [];
    expect(
      parameters.map((parameter) => [parameter.name, parameter.in, parameter.required ?? false]),
    ).to.have.deep.members([
      ["arena", "path", true],
      ["limit", "query", false],
      ["cursor", "query", false],
    ]);
  });

  it("comes from our own origin, without a script inside", async () => {
    const { get, url } = await serveApp();
    const response = await get("/api/docs");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).to.contain("script-src 'self';").and.contain("frame-ancestors 'none'");
    const html = await response.text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? "");
    expect(files).to.include("/api/docs/swagger-ui-bundle.js");
    expect(html).to.not.match(/<script>|<style|https?:/);
    for (const path of files.filter((file) => file.startsWith("/api/docs/"))) {
      const file = await fetch(new URL(path, url));
      expect(file.status, path).to.equal(200);
      expect((await file.text()).length, path).to.be.greaterThan(50);
    }
  });
});
