import { expect } from "chai";
import fc from "fast-check";
import { NotFoundError } from "@assay/client/errors";
import { notFound } from "../../../api/http/errors.ts";
import { endpointOrigin, originOf } from "../../../api/node/endpoint.ts";
import type { NodeState } from "../../../api/node/state.ts";

describe("the origin of an endpoint", () => {
  it("is scheme, host and port", () => {
    expect(originOf("https://Provider.Example/v2/x?y#z")).to.equal("https://provider.example");
    expect(originOf("http://127.0.0.1:9000/")).to.equal("http://127.0.0.1:9000");
    expect(originOf("http://[2001:db8::1]:80/")).to.equal("http://[2001:db8::1]");
    expect(originOf("https://user:secret@a.example")).to.equal("https://a.example");
    expect(originOf("https://bücher.example")).to.equal("https://xn--bcher-kva.example");
  });

  it("is nothing else, whatever a stranger writes", () => {
    for (const text of [
      "",
      "*",
      "javascript:alert(1)",
      "data:,x",
      "ws://a",
      "//a",
      "https://",
      "https://*.a",
    ])
      expect(originOf(text), text).to.equal(undefined);
    const hostile = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string().map((text) => `https://${text}`),
      fc.string().map((text) => `http://a.example${text}`),
      fc.constantFrom("https://a.example; script-src *", "https://a.example,https://b", "http://a' *"),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        expect(originOf(text) ?? "https://none").to.match(/^https?:\/\/[^\s;,'"*<>]+$/);
      }),
    );
  });

  it("is missing when the service or the node is", async () => {
    const failing = (error: Error): NodeState => ({ ask: () => Promise.reject(error) });
    expect(await endpointOrigin(failing(new NotFoundError("/q", 22, "sdk", "")), 3)).to.equal(undefined);
    expect(await endpointOrigin(failing(notFound("")), 3)).to.equal(undefined);
    const read: NodeState = {
      ask: async (key, ask) => {
        expect(key).to.equal("endpoint-origin/3");
        const marketplace = {
          Service: async () => ({ entry: { service: { endpoint: "https://a.example/x" } } }),
        };
        return { value: await ask({ marketplace } as never), height: 1, stale: false };
      },
    };
    expect(await endpointOrigin(read, 3)).to.equal("https://a.example");
  });
});
