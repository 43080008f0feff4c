import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AnswerTooLargeError, createFetchTransport, type Transport } from "@assay/client/market/transport";
import { expect } from "chai";
import { errorOf } from "../src/testing/support.ts";
import { createNodeTransport } from "../src/transport.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs `body` against a server of `handler`; tells it how many connections were made. */
async function withServer(handler: Handler, body: (url: string, connections: () => number) => Promise<void>) {
  let connections = 0;
  const server = createServer(handler).on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => connections);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const echo: Handler = (request, response) => {
  response.setHeader("X-Method", request.method ?? "");
  response.setHeader("X-Given", String(request.headers["x-given"]));
  request.pipe(response);
};

const TRANSPORTS: [string, () => Transport][] = [
  ["node transport", createNodeTransport],
  ["fetch transport", createFetchTransport],
];

for (const [name, create] of TRANSPORTS) {
  describe(name, () => {
    const base = { method: "POST", headers: { "X-Given": "1" }, maxBytes: 100_000 } as const;
    const signal = new AbortController().signal;

    it("sends method, headers and body, and reads status, headers and body", () =>
      withServer(echo, async (url) => {
        const body = new Uint8Array(90_000).fill(7);
        const answer = await create()({ ...base, url, body, signal });
        expect(answer.status).to.equal(200);
        expect([answer.header("x-method"), answer.header("x-given"), answer.header("x-none")]).to.deep.equal([
          "POST",
          "1",
          undefined,
        ]);
        expect(Buffer.compare(answer.body, body)).to.equal(0);
        const empty = await create()({ ...base, method: "GET", url, signal });
        expect(empty.body).to.have.length(0);
      }));

    it("keeps connections", () =>
      withServer(echo, async (url, connections) => {
        const send = create();
        for (let n = 0; n < 5; n++) await send({ ...base, url, body: Uint8Array.of(n), signal });
        expect(connections()).to.be.lessThan(3);
      }));

    it("stops reading at the limit", () =>
      withServer(
        (_, response) => void response.end(Buffer.alloc(200_000)),
        async (url) => {
          const error = await errorOf(() => create()({ ...base, url, signal }));
          expect(error).to.be.instanceOf(AnswerTooLargeError);
        },
      ));

    it("fails when the connection breaks, and when the signal aborts", () =>
      withServer(
        (request, response) => {
          if (request.url !== "/break") return;
          response.writeHead(200, { "content-length": "10" });
          response.write("half");
          setTimeout(() => request.socket.destroy(), 10);
        },
        async (url) => {
          await errorOf(() => create()({ ...base, url: `${url}/break`, signal }));
          const stop = new AbortController();
          setTimeout(() => stop.abort(), 20);
          await errorOf(() => create()({ ...base, url, signal: stop.signal }));
          await errorOf(() => create()({ ...base, url: "http://127.0.0.1:1", signal }));
        },
      ));

    it("does not follow redirects", () =>
      withServer(
        (request, response) => {
          if (request.url === "/elsewhere") return void response.end("paid to another");
          response.writeHead(307, { location: "/elsewhere" }).end();
        },
        async (url) => {
          const outcome = await create()({ ...base, url, signal }).then(
            ({ status }) => status,
            () => "failed",
          );
          expect(outcome).to.be.oneOf([307, "failed"]);
        },
      ));
  });
}
