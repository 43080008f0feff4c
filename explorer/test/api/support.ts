import { createHash } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AssayEvent } from "@assay/client/events";
import * as marketEvents from "@assay/client/generated/assay/marketplace/v1/events";
import * as poiEvents from "@assay/client/generated/assay/poi/v1/events";
import { createRegistry } from "@assay/client/registry";
import { silentLogger } from "@assay/service-kit/log";
import type { EncodeObject } from "@cosmjs/proto-signing";
import express from "express";
import type { Kysely } from "kysely";
import type { Area } from "../../api/area.ts";
import { areas as allAreas } from "../../api/areas.ts";
import { createTables } from "../../api/db/create.ts";
import { openDatabase } from "../../api/db/database.ts";
import type { Database } from "../../api/db/schema.ts";
import { errorHandler, nothingHere } from "../../api/http/errors.ts";
import { serveRoutes } from "../../api/http/routes.ts";
import type { ChainEvent, DecodedBlock, DecodedMessage, DecodedTx } from "../../api/index/block.ts";
import type { Decoder } from "../../api/index/decode.ts";
import type { NodeState } from "../../api/node/state.ts";
import type { Coin } from "../../wire/common.ts";

/** An empty database in memory with all tables of these areas. */
export async function openMemory(areas: readonly Area[] = allAreas): Promise<Kysely<Database>> {
  const db = openDatabase({ file: ":memory:" });
  await createTables(db, areas);
  return db;
}

/** An event of our modules, or any other as the chain writes it. */
export type EventSpec = AssayEvent | ChainEvent;

export interface TxSpec {
  /** Values as the generated codecs of the client's registry take them. */
  messages?: readonly (EncodeObject | DecodedMessage)[];
  events?: readonly EventSpec[];
  code?: number;
  codespace?: string;
  log?: string;
  gasWanted?: number;
  gasUsed?: number;
  fee?: readonly Coin[];
  memo?: string;
  signers?: readonly string[];
  bytes?: Uint8Array;
}

export interface BlockSpec {
  height: number;
  first?: boolean;
  time?: string;
  proposer?: string;
  signatures?: readonly { address: string; signed: boolean }[];
  txs?: readonly TxSpec[];
  /** Outside of transactions. */
  events?: readonly EventSpec[];
  /** By path of the question. */
  answers?: Readonly<
    Record<string, Uint8Array | null | ((request: Uint8Array) => Uint8Array | null | undefined)>
  >;
}

const registry = createRegistry();

/** A block as `parseBlock` gives it. What is not said is empty, successful or made up of the height. */
export function blockOf(spec: BlockSpec): DecodedBlock {
  const { height } = spec;
  const txs = (spec.txs ?? []).map((tx, index) => txOf(tx, height, index));
  const events = (spec.events ?? []).map(chainEvent);
  const typed = (spec.txs ?? []).flatMap(({ code = 0, events = [] }, tx) =>
    code === 0 ? events.filter(isTyped).map((event) => ({ event, tx })) : [],
  );
  return {
    height,
    first: spec.first ?? height === 1,
    time: spec.time ?? new Date(Date.UTC(2026, 0, 1) + height * 1_000).toISOString(),
    hash: sha256(`block ${height}`),
    proposer: spec.proposer ?? "AA".repeat(20),
    signatures: spec.signatures ?? [],
    txs,
    events,
    typed: [...typed, ...(spec.events ?? []).filter(isTyped).map((event) => ({ event, tx: null }))],
    answer(path, request) {
      const answer = spec.answers?.[path];
      return typeof answer === "function" ? answer(request) : answer;
    },
  };
}

function txOf(spec: TxSpec, height: number, index: number): DecodedTx {
  const bytes = spec.bytes ?? Buffer.from(`tx ${height}/${index}`);
  return {
    index,
    hash: sha256(bytes),
    bytes,
    code: spec.code ?? 0,
    codespace: spec.codespace ?? "",
    log: spec.log ?? "",
    gasWanted: spec.gasWanted ?? 200_000,
    gasUsed: spec.gasUsed ?? 100_000,
    fee: spec.fee ?? [],
    memo: spec.memo ?? "",
    signers: spec.signers ?? [],
    messages: (spec.messages ?? []).map((message, at) =>
      "path" in message
        ? message
        : { path: String(at), typeUrl: message.typeUrl, value: registry.encode(message) },
    ),
    events: (spec.events ?? []).map(chainEvent),
  };
}

function isTyped(event: EventSpec): event is AssayEvent {
  return "name" in event;
}

const codecs: Readonly<Record<string, unknown>> = { ...poiEvents, ...marketEvents };

/** As the chain writes typed events: JSON of every field. */
function chainEvent(event: EventSpec): ChainEvent {
  if (!isTyped(event)) return event;
  const codec = codecs[event.name] as { toJSON(value: object): Record<string, unknown> };
  const module = event.name in poiEvents ? "poi" : "marketplace";
  const attributes = Object.entries(codec.toJSON(event.value)).map(([key, value]) => ({
    key: key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value: JSON.stringify(value),
  }));
  return { type: `assay.${module}.v1.${event.name}`, attributes };
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex").toUpperCase();
}

/** Writes blocks as the indexer does: each in one transaction, area after area. */
export async function indexBlocks(
  db: Kysely<Database>,
  areas: readonly Area[],
  blocks: readonly DecodedBlock[],
): Promise<void> {
  for (const block of blocks) {
    await db.transaction().execute(async (trx) => {
      for (const area of areas) await area.index(block, trx);
    });
  }
}

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** Asks for a path below the routes of all areas, e.g. "/api/blocks?limit=2". Answers are checked against the specs. */
export type Api = (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** What handlers get where a test does not say otherwise. */
export interface ApiParts {
  node?: NodeState;
  decoder?: Decoder;
  areas?: readonly Area[];
}

const absentNode: NodeState = {
  ask: () => Promise.reject(new Error("this test has no node")),
};
const noDecoder: Decoder = { decode: () => undefined };

/** Serves the routes over a database until the test is over. */
export function apiOf(db: Kysely<Database>, parts: ApiParts = {}): Api {
  const { node = absentNode, decoder = noDecoder, areas = allAreas } = parts;
  const app = express().disable("etag").set("query parser", "simple");
  const routes = areas.flatMap((area) => area.routes);
  app.use(serveRoutes(routes, { db, node, decoder }, { checkAnswers: true }));
  app.use(nothingHere(), errorHandler(silentLogger));
  const server = app.listen(0, "127.0.0.1");
  servers.push(server);
  return async (path, headers = {}) => {
    if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
  };
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
