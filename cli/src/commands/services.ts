import { getProbes } from "@assay/client/actions/getProbes";
import { getSplit } from "@assay/client/actions/getSplit";
import type { Split } from "@assay/client/generated/assay/marketplace/v1/channel";
import { ServiceStatus } from "@assay/client/generated/assay/marketplace/v1/service";
import { Option, type Command } from "commander";
import { checkAddress } from "../address.ts";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import {
  formatAssay,
  formatPpm,
  parseCoin,
  parsePercent,
  parseUint,
  shortAddress,
  shortId,
  toHex,
} from "../format.ts";
import {
  accuracyText,
  fulfils,
  ORDERS,
  priceText,
  probeTexts,
  readServices,
  resolveService,
  servedModelName,
  serviceStatusName,
  serviceView,
  sorted,
  verifiable,
  type Order,
} from "../market/services.ts";
import { findArena, readArenas, resolveModel } from "../names.ts";
import { facts, sections, table } from "../output.ts";
import type { Session } from "../session.ts";

const MAX_LATENCY_MS = 1n << 31n;

export function addServiceCommands(program: Command, cli: Cli): void {
  examples(
    program
      .command("services")
      .description("find who serves a model, by what was measured of it")
      .option("--arena <arena>", "only models of this arena")
      .option("--model <model>", "only this model")
      .option("--provider <address>", "only of this account")
      .option("--min-accuracy <percent>", "at least this accuracy, as the chain measured it")
      .option("--max-price <amount>", "at most this price per item, such as 100uassay")
      .option("--max-latency <ms>", "at most this median time to a verified answer, as scorers measured it")
      .addOption(new Option("--sort <by>", "best first").choices(ORDERS).default("accuracy"))
      .option("--all", "closed and convicted services too")
      .action(cli.run(list)),
    "services",
    "services --arena digits --min-accuracy 95 --max-price 0.001assay --sort price",
    "services --model digits/digits-conv-12 --sort latency --json",
  );
  const service = group(program, "service", "look at one service");
  examples(
    service
      .command("show <service>")
      .description("everything about one service; name it by its id or its name")
      .action(cli.run(show)),
    "service show 7",
    "service show digits-by-ann",
  );
}

interface ListFlags {
  readonly arena?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly minAccuracy?: string;
  readonly maxPrice?: string;
  readonly maxLatency?: string;
  readonly sort: Order;
  readonly all?: boolean;
}

async function list(session: Session, flags: ListFlags): Promise<Answer> {
  const { arena, model, provider, minAccuracy, maxPrice, maxLatency, sort, all } = flags;
  if ([arena, model, provider].filter((value) => value !== undefined).length > 1) {
    throw new UsageError("give only one of --arena, --model and --provider");
  }
  if (provider !== undefined) checkAddress("provider", provider);
  const wishes = {
    ...(minAccuracy !== undefined && { minAccuracy: parsePercent("accuracy", minAccuracy) }),
    ...(maxPrice !== undefined && { maxPrice: parseCoin(maxPrice) }),
    ...(maxLatency !== undefined && {
      maxLatency: Number(parseUint("latency", maxLatency, MAX_LATENCY_MS)),
    }),
  };
  const client = await session.client();
  const arenas = await readArenas(client);
  const entries = await readServices(client, {
    ...(arena !== undefined && { arena: findArena(arenas, arena).id }),
    ...(model !== undefined && { modelHex: toHex((await resolveModel(client, model)).model.id) }),
    ...(provider !== undefined && { provider }),
    all: all === true,
  });
  const found = sorted(
    entries.filter((entry) => fulfils(entry, wishes)),
    sort,
  );
  const rows = found.map((entry) => {
    const { service } = entry;
    const { p50, answered } = probeTexts(entry);
    return [
      service.id,
      service.name,
      shortAddress(service.provider),
      servedModelName(entry, arenas),
      verifiable(service) ? accuracyText(entry) : "unverified",
      service.promise === 0 ? "-" : formatPpm(service.promise),
      priceText(service),
      p50,
      answered,
      service.endpoint,
      ...(all === true ? [serviceStatusName(service.status)] : []),
    ];
  });
  const titles = [
    ">id",
    "service",
    "provider",
    "model",
    "accuracy (95 %)",
    ">promise",
    ">price per item",
    ">p50",
    ">answered",
    "endpoint",
    ...(all === true ? ["status"] : []),
  ];
  const none =
    entries.length === 0 ? "No services." : `None of ${entries.length} services fulfils all of this.`;
  return {
    json: found.map((entry) => serviceView(entry, arenas)),
    text: rows.length === 0 ? none : table(titles, rows),
  };
}

async function show(session: Session, reference: string): Promise<Answer> {
  const client = await session.client();
  const entry = await resolveService(client, reference);
  const { service } = entry;
  const active = service.status === ServiceStatus.ACTIVE;
  const [arenas, reports, split] = await Promise.all([
    readArenas(client),
    getProbes(client, { service: service.id }),
    active ? getSplit(client, { service: service.id }) : undefined,
  ]);
  const view = serviceView(entry, arenas);
  const { probes } = service;
  const exact = verifiable(service);
  return {
    json: {
      ...view,
      split: split ?? null,
      reports: reports.map(({ epoch, operator, probe }) => ({ epoch, operator, ...probe })),
    },
    text: sections(
      facts([
        ["service", `${service.id}, ${service.name}`],
        ["status", statusText(view.status, service.unlockHeight)],
        ["description", service.description === "" ? undefined : service.description.replaceAll("\n", " ")],
        ["provider", service.provider],
        ["endpoint", `${service.endpoint} (${service.interface})`],
        ["model", exact ? `${servedModelName(entry, arenas)}, ${shortId(service.model)}` : undefined],
        [
          "answers",
          exact
            ? "verifiable: signed, and wrong ones cost the bond"
            : "unverified: there is no exact model to check them with",
        ],
        ["accuracy (95 %)", exact ? accuracyText(entry) : undefined],
        ["promised", service.promise === 0 ? "nothing" : formatPpm(service.promise)],
        ["price per item", priceText(service)],
        ["bond", formatAssay(service.bond)],
        ["serving key", toHex(service.servingKey)],
        [
          "scorers' calls",
          probes &&
            `${probes.calls} of ${probes.reporters} scorers in epoch ${probes.epoch}: ${probeTexts(entry).answered} answered, half within ${probes.p50Ms} ms, 95 % within ${probes.p95Ms} ms`,
        ],
      ]),
      split ? `What a payment is split into:\n${splitTable(split)}` : "",
      reports.length === 0
        ? ""
        : table(
            ["scorer", ">epoch", ">calls", ">answered", ">p50", ">p95"],
            reports.map(({ operator, epoch, probe }) => [
              shortAddress(operator),
              epoch,
              probe?.calls ?? 0,
              probe?.answered ?? 0,
              `${probe?.p50Ms ?? 0} ms`,
              `${probe?.p95Ms ?? 0} ms`,
            ]),
          ),
    ),
  };
}

function statusText(status: string, unlockHeight: bigint): string {
  if (status === "closed") return `closed; its bond answers for receipts up to block ${unlockHeight}`;
  return status === "convicted" ? "convicted of a wrong answer: its bond is gone" : status;
}

function splitTable({ provider, protocolFeeBps, royalties }: Split): string {
  const others = royalties.reduce((sum, { bps }) => sum + bps, protocolFeeBps);
  const row = (who: string, what: string, bps: number): string[] => [
    who,
    what,
    `${(bps / 100).toFixed(2)} %`,
  ];
  return table(
    ["to", "for", ">share"],
    [
      row("the protocol", "burned, and to the community pool", protocolFeeBps),
      ...royalties.map(({ recipient, bps }, i) =>
        row(recipient, i === 0 ? "being the model's author" : "a model it was made from", bps),
      ),
      row(provider, "serving", 10_000 - others),
    ],
  );
}
