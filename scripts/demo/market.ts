import { getModels } from "@assay/client/actions/getModels";
import type { AssayClient } from "@assay/client/client";
import type { ArenaEntry, LocalNetwork, ServedService } from "../network/network.ts";
import type { ManagedProcess } from "../network/processes.ts";
import { waitFor } from "../network/wait.ts";

/** What the best model of an arena costs per item, in uassay. */
const PRICE = "200";
const BUYERS = 2;
const CALLS_PER_SECOND = 3;
/** Models are registered one after the other, in the order of their parents. */
const REGISTERED_MS = 600_000;

/**
 * The market of the demo: in every arena one provider sells the best honest model, the first one also gives the
 * reference away, and buyers ask all of them.
 */
export class Market {
  readonly #network: LocalNetwork;
  readonly #client: AssayClient;
  readonly #say: (text: string) => void;
  readonly #providers: ManagedProcess[] = [];
  readonly #buyers: ManagedProcess[] = [];
  #opening: Promise<void> | undefined;
  #error: Error | undefined;

  constructor(network: LocalNetwork, client: AssayClient, say: (text: string) => void) {
    this.#network = network;
    this.#client = client;
    this.#say = say;
  }

  /** Starts everybody as soon as the models are there; does not wait for it. */
  open(signal: AbortSignal): void {
    this.#opening = this.#open(signal).catch((error: unknown) => {
      this.#error = error instanceof Error ? error : new Error(String(error));
    });
  }

  /** Throws what went wrong since `open`. */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** Lets the buyers finish and the providers claim what they have earned. */
  async close(): Promise<void> {
    await this.#opening;
    this.check();
    for (const process of [...this.#buyers, ...this.#providers]) await this.#network.stopService(process);
  }

  async #open(signal: AbortSignal): Promise<void> {
    const ids = await this.#network.arenaIds(this.#client);
    await Promise.all(
      this.#network.arenas.map(async (arena, index) => {
        const services = servicesOf(arena, index === 0);
        const id = ids.get(arena.name);
        await waitFor(
          async () => {
            const names = (await getModels(this.#client, { arena: id })).map(({ name }) => name);
            return services.every(({ model }) => names.includes(model.split("/")[1] ?? ""));
          },
          { what: `the models of ${arena.name}`, timeoutMs: REGISTERED_MS, signal, pollMs: 1_000 },
        );
        const { url, process } = await this.#network.startProvider(index, {
          services,
          // The closing table compares credits with what the channels entitle to.
          settings: { claim: { above: "20000", minutes: 1, withdrawAbove: "1000000000000" } },
        });
        this.#providers.push(process);
        this.#say(`${services.map(({ name }) => name).join(" and ")} served at ${url}`);
      }),
    );
    for (let index = 0; index < BUYERS; index++)
      this.#buyers.push(await this.#network.startBuyer(index, CALLS_PER_SECOND));
    this.#say(`${BUYERS} buyers pay for ${BUYERS * CALLS_PER_SECOND} calls a second`);
  }
}

/** The best honest model of the arena under its name, and perhaps a free one. */
function servicesOf(arena: ArenaEntry, free: boolean): (ServedService & { model: string })[] {
  const best = arena.models.findLast(({ role }) => role === "honest");
  if (best === undefined) throw new Error(`arena ${arena.name} has no honest model`);
  const services = [
    {
      name: arena.name,
      description: `The best model of the arena ${arena.name}`,
      model: `${arena.name}/${best.name}`,
      price: PRICE,
    },
  ];
  if (free)
    services.push({
      name: `${arena.name}-free`,
      description: "The public reference model, without a price",
      model: `${arena.name}/${arena.name}-reference`,
      price: "0",
    });
  return services;
}
