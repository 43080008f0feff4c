import { fromBase64, fromHex, toBase64, toHex } from "@cosmjs/encoding";
import { Secp256k1, Secp256k1Signature } from "@cosmjs/crypto";
import { decodePubkey, makeSignBytes, type EncodeObject } from "@cosmjs/proto-signing";
import { sha256 } from "@noble/hashes/sha2.js";
import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountRequest, QueryAccountResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createRegistry } from "../src/registry.ts";
import { txHash } from "../src/transaction.ts";

export const CHAIN_ID = "assay-test-1";
const ACCOUNT_NUMBER = 7n;
const BLOCK_MS = 1000;
const GENESIS_MS = Date.UTC(2030, 0, 1);

export interface Refusal {
  code: number;
  codespace: string;
  log: string;
}

interface IncludedTx {
  txBytes: Uint8Array;
  height: number;
  refusal: Refusal | undefined;
  messages: EncodeObject[];
}

interface Params {
  tx: string;
  hash: string;
  path: string;
  data: string;
  minHeight: string;
  maxHeight: string;
}

class RpcFailure extends Error {}

/**
 * One node of a chain with one account, over real HTTP: just the RPC methods the client uses, with real checks of
 * sequence, expiry and signature. Blocks come when a test says so, and a test decides what gets lost on the way.
 */
export class FakeChain {
  height = 1;
  /** The account's sequence after the last block. */
  sequence = 0;
  accountExists = true;
  indexing = true;
  readonly included = new Map<string, IncludedTx>();
  /** Every broadcast that arrived, in order, also those refused. */
  readonly broadcasts: string[] = [];
  /** Whether a message fails when it is run; by default none does. */
  fails: (message: EncodeObject) => Refusal | undefined = () => undefined;
  /** Whether the mempool refuses a transaction for a reason of its own. */
  refuses: (messages: EncodeObject[]) => Refusal | undefined = () => undefined;
  /** What happens to the next calls: "before" loses the call, "after" only its answer. */
  readonly losses: { method: string; when: "before" | "after" }[] = [];
  mempool: Uint8Array[] = [];
  readonly #unordered = new Set<string>();
  readonly #registry = createRegistry();
  readonly #address: string;
  #server: Server | undefined;
  #port = 0;

  constructor(address: string) {
    this.#address = address;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts listening; again, on the same port, after `stop`. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    this.#server = undefined;
  }

  /** Puts the mempool into a block. */
  produceBlock(): void {
    this.height++;
    for (const txBytes of this.mempool) {
      const refusal = this.#ante(txBytes, "block");
      const messages = this.#messages(txBytes);
      // Without its sequence a transaction changes nothing; one whose messages fail still uses it up.
      if (!refusal && !isUnordered(txBytes)) this.sequence++;
      const outcome = refusal ?? messages.map(this.fails).find((failure) => failure !== undefined);
      const hash = txHash(txBytes);
      this.included.set(hash, { txBytes, height: this.height, refusal: outcome, messages });
    }
    this.mempool = [];
  }

  /** Another program signs with the account's key, and its transaction is already in a block. */
  useSequence(): void {
    this.height++;
    this.sequence++;
  }

  /** Messages that took effect, in order. */
  get executed(): EncodeObject[] {
    return [...this.included.values()].filter(({ refusal }) => !refusal).flatMap(({ messages }) => messages);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = JSON.parse(Buffer.concat(chunks).toString()) as {
      id: number;
      method: string;
      params: Params;
    };
    const at = this.losses.findIndex(({ method }) => method === call.method);
    const [loss] = at < 0 ? [] : this.losses.splice(at, 1);
    if (loss?.when === "before") return void request.socket.destroy();
    let answer: object;
    try {
      answer = { result: this.#call(call.method, call.params) };
    } catch (error) {
      if (!(error instanceof RpcFailure)) throw error;
      answer = { error: { code: -32603, message: "Internal error", data: error.message } };
    }
    if (loss?.when === "after") return void request.socket.destroy();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, ...answer }));
  }

  #call(method: string, params: Params): object {
    switch (method) {
      case "status":
        return this.#status();
      case "broadcast_tx_sync":
        return this.#broadcast(fromBase64(params.tx));
      case "tx":
        return this.#tx(toHex(fromBase64(params.hash)).toUpperCase());
      case "blockchain":
        return this.#blockchain(Number(params.minHeight), Number(params.maxHeight));
      case "abci_query":
        return { response: this.#query(params.path, fromHex(params.data)) };
      default:
        throw new RpcFailure(`no method ${method}`);
    }
  }

  #timeMs(height: number): number {
    return GENESIS_MS + height * BLOCK_MS;
  }

  #status(): object {
    const time = new Date(this.#timeMs(this.height)).toISOString();
    return {
      node_info: {
        protocol_version: { p2p: "8", block: "11", app: "0" },
        id: "ec4826bb4c483a3e79eb674c5c60c778e78b8215",
        listen_addr: "tcp://127.0.0.1:1",
        network: CHAIN_ID,
        version: "0.40.0",
        channels: "40",
        moniker: "fake",
        other: { tx_index: "on", rpc_address: "" },
      },
      sync_info: {
        latest_block_hash: "00".repeat(32),
        latest_app_hash: "00".repeat(32),
        latest_block_height: String(this.height),
        latest_block_time: time,
        catching_up: false,
      },
      validator_info: {
        address: "00".repeat(20),
        pub_key: { type: "tendermint/PubKeyEd25519", value: toBase64(new Uint8Array(32)) },
        voting_power: "1",
      },
    };
  }

  #messages(txBytes: Uint8Array): EncodeObject[] {
    const body = TxBody.decode(TxRaw.decode(txBytes).bodyBytes);
    return body.messages.map(({ typeUrl, value }) => ({
      typeUrl,
      value: this.#registry.decode({ typeUrl, value }) as unknown,
    }));
  }

  #ante(txBytes: Uint8Array, where: "check" | "block"): Refusal | undefined {
    const raw = TxRaw.decode(txBytes);
    const body = TxBody.decode(raw.bodyBytes);
    const signer = AuthInfo.decode(raw.authInfoBytes).signerInfos[0];
    if (!signer?.publicKey) return { code: 4, codespace: "sdk", log: "no signer" };
    if (
      body.timeoutHeight > 0n &&
      BigInt(where === "check" ? this.height + 1 : this.height) > body.timeoutHeight
    ) {
      return { code: 30, codespace: "sdk", log: "tx timeout height" };
    }
    if (body.unordered) {
      const { seconds, nanos } = body.timeoutTimestamp ?? { seconds: 0n, nanos: 0 };
      const deadlineMs = Number(seconds) * 1000 + nanos / 1e6;
      if (deadlineMs < this.#timeMs(this.height))
        return { code: 18, codespace: "sdk", log: "timeout passed" };
      const key = `${seconds}.${nanos}`;
      if (this.#unordered.has(key)) return { code: 18, codespace: "sdk", log: "nonce used" };
      if (where === "block") this.#unordered.add(key);
    } else {
      const ordered = this.mempool.filter((other) => !isUnordered(other)).length;
      const expected = where === "check" ? this.sequence + ordered : this.sequence;
      if (Number(signer.sequence) !== expected) {
        const log = `account sequence mismatch, expected ${expected}, got ${signer.sequence}: incorrect account sequence`;
        return { code: 32, codespace: "sdk", log };
      }
    }
    const signBytes = makeSignBytes(
      SignDoc.fromPartial({
        bodyBytes: raw.bodyBytes,
        authInfoBytes: raw.authInfoBytes,
        chainId: CHAIN_ID,
        accountNumber: ACCOUNT_NUMBER,
      }),
    );
    const signature = Secp256k1Signature.fromFixedLength(raw.signatures[0] ?? new Uint8Array());
    const pubkey = fromBase64((decodePubkey(signer.publicKey) as { value: string }).value);
    const valid = Secp256k1.verifySignature(signature, sha256(signBytes), pubkey);
    return valid ? undefined : { code: 4, codespace: "sdk", log: "signature verification failed" };
  }

  #broadcast(txBytes: Uint8Array): object {
    const hash = txHash(txBytes);
    this.broadcasts.push(hash);
    if (this.mempool.some((other) => txHash(other) === hash))
      throw new RpcFailure("tx already exists in cache");
    const refusal = this.#ante(txBytes, "check") ?? this.refuses(this.#messages(txBytes));
    if (!refusal) this.mempool.push(txBytes);
    return {
      code: refusal?.code ?? 0,
      codespace: refusal?.codespace ?? "",
      log: refusal?.log ?? "",
      data: "",
      hash,
    };
  }

  #tx(hash: string): object {
    if (!this.indexing) throw new RpcFailure("transaction indexing is disabled");
    const found = this.included.get(hash);
    if (!found) throw new RpcFailure(`tx (${hash}) not found`);
    const { refusal, messages, height, txBytes } = found;
    const data = TxMsgData.encode(
      TxMsgData.fromPartial({
        msgResponses: messages.map(({ typeUrl }, i) => ({
          typeUrl: `${typeUrl}Response`,
          value: Uint8Array.of(i),
        })),
      }),
    ).finish();
    const events = messages.map(({ typeUrl }, i) => ({
      type: "message",
      attributes: [
        { key: "action", value: typeUrl, index: true },
        { key: "msg_index", value: String(i), index: true },
      ],
    }));
    return {
      hash,
      height: String(height),
      index: 0,
      tx: toBase64(txBytes),
      tx_result: {
        code: refusal?.code ?? 0,
        codespace: refusal?.codespace ?? "",
        log: refusal?.log ?? "",
        data: refusal ? null : toBase64(data),
        gas_wanted: "1",
        gas_used: "1",
        events: refusal
          ? []
          : [{ type: "tx", attributes: [{ key: "fee", value: "", index: true }] }, ...events],
      },
    };
  }

  #blockchain(min: number, max: number): object {
    const hash = "00".repeat(32);
    const ids = { hash, parts: { total: 1, hash } };
    const metas = [];
    for (let height = Math.min(max, this.height); height >= min; height--) {
      metas.push({
        block_id: ids,
        block_size: "1",
        num_txs: "0",
        header: {
          version: { block: "11" },
          chain_id: CHAIN_ID,
          height: String(height),
          time: new Date(this.#timeMs(height)).toISOString(),
          last_block_id: ids,
          last_commit_hash: hash,
          data_hash: hash,
          validators_hash: hash,
          next_validators_hash: hash,
          consensus_hash: hash,
          app_hash: hash,
          last_results_hash: hash,
          evidence_hash: hash,
          proposer_address: "00".repeat(20),
        },
      });
    }
    return { last_height: String(this.height), block_metas: metas };
  }

  #query(path: string, data: Uint8Array): object {
    const answer = (value: Uint8Array) => ({
      code: 0,
      height: String(this.height),
      value: toBase64(value),
      key: null,
    });
    const refuse = (refusal: Refusal) => ({
      ...refusal,
      height: String(this.height),
      key: null,
      value: null,
    });
    switch (path) {
      case "/cosmos.auth.v1beta1.Query/Account": {
        const { address } = QueryAccountRequest.decode(data);
        if (!this.accountExists || address !== this.#address) {
          return refuse({ code: 22, codespace: "sdk", log: `account ${address} not found: key not found` });
        }
        const account = BaseAccount.fromPartial({
          address,
          accountNumber: ACCOUNT_NUMBER,
          sequence: BigInt(this.sequence),
        });
        const any = {
          typeUrl: "/cosmos.auth.v1beta1.BaseAccount",
          value: BaseAccount.encode(account).finish(),
        };
        return answer(
          QueryAccountResponse.encode(QueryAccountResponse.fromPartial({ account: any })).finish(),
        );
      }
      case "/cosmos.tx.v1beta1.Service/Simulate": {
        const { txBytes } = SimulateRequest.decode(data);
        const failure = this.#messages(txBytes)
          .map(this.fails)
          .find((refusal) => refusal !== undefined);
        if (failure) {
          const log = `rpc error: code = Unknown desc = failed to execute message; message index: 0: ${failure.log} [errors.go:151] with gas used: '1': unknown request`;
          return refuse({ code: 6, codespace: "sdk", log });
        }
        const gasInfo = { gasWanted: 0n, gasUsed: 100_000n };
        return answer(SimulateResponse.encode(SimulateResponse.fromPartial({ gasInfo })).finish());
      }
      default:
        return refuse({ code: 6, codespace: "sdk", log: "unknown query path" });
    }
  }
}

function isUnordered(txBytes: Uint8Array): boolean {
  return TxBody.decode(TxRaw.decode(txBytes).bodyBytes).unordered;
}
