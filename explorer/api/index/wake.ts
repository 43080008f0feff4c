import type { Logger } from "@assay/service-kit/log";
import { sleep } from "@assay/client/sleep";

/** Before a lost subscription is made again. */
const AGAIN_MS = 1_000;
const CONNECT_MS = 10_000;
const SUBSCRIBE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "subscribe",
  params: { query: "tm.event='NewBlockHeader'" },
});

/**
 * The node's word that there is a new block. It only saves the time until the next poll: nothing is read from its
 * messages, and whatever happens to them nothing is missed.
 */
export class NewBlocks {
  #connected = false;
  #wake: () => void = () => undefined;
  #woken = false;

  /** Whether news will come, so that one need not look for it often. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Holds one subscription to the node until `signal`; makes it again when it is lost, as after a restart. */
  async run(rpcUrl: string, log: Logger, signal: AbortSignal): Promise<void> {
    const url = new URL(rpcUrl);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.pathname = `${url.pathname.replace(/\/$/, "")}/websocket`;
    while (!signal.aborted) {
      await this.#follow(url, signal);
      if (this.#connected) log.debug("the subscription to new blocks ended; it is made again");
      this.#connected = false;
      await sleep(AGAIN_MS, signal).catch(() => undefined); // aborted
    }
  }

  /** Resolves with the next new block (at once if one came since the last call), or after `ms`. */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#woken) {
      const timeout = new AbortController();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      try {
        await Promise.race([promise, sleep(ms, AbortSignal.any([signal, timeout.signal]))]);
      } finally {
        timeout.abort();
      }
    }
    this.#woken = false;
  }

  /** Resolves when the connection ended, however it did. */
  async #follow(url: URL, signal: AbortSignal): Promise<void> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const socket = new WebSocket(url);
    const close = () => {
      socket.close();
      // Not every peer answers a farewell.
      end();
    };
    const timer = setTimeout(close, CONNECT_MS);
    signal.addEventListener("abort", close, { once: true });
    socket.onopen = () => {
      clearTimeout(timer);
      socket.send(SUBSCRIBE);
    };
    socket.onmessage = () => {
      this.#connected = true;
      this.#woken = true;
      this.#wake();
    };
    socket.onclose = () => end();
    socket.onerror = () => end();
    await ended;
    clearTimeout(timer);
    signal.removeEventListener("abort", close);
    close();
  }
}
