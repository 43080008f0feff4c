import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { z } from "zod";
import { makeHistory, recordedDescriptors, type RecordedBlock } from "./history.ts";

const request = z.object({
  id: z.int(),
  method: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.boolean()])),
});

const DESCRIPTORS = "/cosmos.reflection.v1.ReflectionService/FileDescriptors";

/** A node that says again what was recorded, over HTTP and WebSocket, as far as the index asks. */
export class FakeNode {
  readonly blocks: readonly RecordedBlock[];
  chainId = "assay-local-1";
  /** Blocks that it has. */
  earliest = 1;
  latest: number;
  /** Every call, as "block 7" or "abci_query /path". */
  readonly calls: string[] = [];
  /** What to answer in place of the result, by method: JSON, or a whole body as text; undefined for the result. */
  spoil: (method: string, height: number) => unknown = () => undefined;
  readonly #sockets = new Set<Socket>();
  readonly #subscribers = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(blocks: readonly RecordedBlock[] = [...makeHistory(40, 5)]) {
    this.blocks = blocks;
    this.latest = blocks.length;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens; again on the same port after {@link stop}. */
  async start(): Promise<this> {
    this.#server = createServer((incoming, response) => void this.#answer(incoming, response));
    this.#server.on("upgrade", (incoming, socket: Socket) => this.#upgrade(incoming, socket));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server as Server, "close");
    this.#server?.close().closeAllConnections();
    await closed;
  }

  /** Has one more block and tells subscribers. */
  grow(by = 1): void {
    this.latest += by;
    for (const socket of this.#subscribers) socket.write(textFrame(`{"jsonrpc":"2.0","id":1,"result":{}}`));
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { id, method, params } = request.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const height = Number(params["height"] ?? 0);
    this.calls.push([method, params["path"] ?? (height || "")].join(" ").trim());
    const spoilt = this.spoil(method, height);
    if (typeof spoilt === "string") {
      response.end(spoilt);
      return;
    }
    const result = spoilt ?? this.#result(method, params, height);
    const missing = { code: -32603, message: "Internal error", data: `${method} ${height} is not available` };
    const body = result === undefined ? { error: missing } : { result };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id, ...body }));
  }

  #result(method: string, params: z.output<typeof request>["params"], height: number): unknown {
    const known = height >= this.earliest && height <= this.latest ? this.blocks[height - 1] : undefined;
    switch (method) {
      case "status":
        return {
          node_info: { network: this.chainId },
          sync_info: {
            latest_block_height: String(this.latest),
            earliest_block_height: String(Math.min(this.earliest, this.latest)),
          },
        };
      case "abci_info":
        return { response: { last_block_height: String(this.latest) } };
      case "block":
        return known?.block;
      case "block_results":
        return known?.results;
      case "validators": {
        const signatures = known?.block.block.last_commit.signatures ?? [];
        const validators = signatures.map(({ validator_address }) => ({ address: validator_address }));
        return { validators, total: String(validators.length) };
      }
      case "abci_query":
        return { response: this.#query(String(params["path"]), Buffer.from(String(params["data"]), "hex")) };
      default:
        return undefined;
    }
  }

  #query(path: string, data: Buffer): { code: number; value: string | null } {
    const found =
      path === DESCRIPTORS
        ? recordedDescriptors()
        : this.blocks
            .flatMap(({ answers }) => answers)
            .find((answer) => answer.path === path && data.equals(answer.request))?.response;
    return found ? { code: 0, value: Buffer.from(found).toString("base64") } : { code: 22, value: null };
  }

  #upgrade(incoming: IncomingMessage, socket: Socket): void {
    const accept = createHash("sha1")
      .update(`${incoming.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on("error", () => undefined);
    this.#sockets.add(socket);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#subscribers.delete(socket);
    });
    socket.on("data", (frame) => {
      if (frame[0] === CLOSE) socket.destroy();
    });
    // The first message can only be the subscription.
    socket.once("data", () => {
      this.#subscribers.add(socket);
      socket.write(textFrame(`{"jsonrpc":"2.0","id":1,"result":{}}`));
    });
  }
}

/** First byte of the frame that ends a connection. */
const CLOSE = 0x88;

/** A short message as a server sends it over a WebSocket. */
function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}
