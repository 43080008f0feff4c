import { sha256 } from "@noble/hashes/sha2.js";
import { getModel } from "@assay/client/actions/getModel";
import { getModels } from "@assay/client/actions/getModels";
import { getParams } from "@assay/client/actions/getParams";
import { getRegistrationFee } from "@assay/client/actions/getRegistrationFee";
import { registerModel } from "@assay/client/actions/registerModel";
import { NotFoundError } from "@assay/client/errors";
import { storageGas } from "@assay/client/gas";
import type { Model } from "@assay/client/generated/assay/poi/v1/model";
import { registerModel as registerMessage, type TermsInput } from "@assay/client/messages";
import { isPoiError } from "@assay/client/poiErrors";
import { SALT_SIZE } from "@assay/client/protocol/hash";
import type { Sender } from "@assay/client/sender";
import type { Answer } from "./command.ts";
import { UsageError } from "./errors.ts";
import { formatAssay, parseAmount, parseUint, toHex } from "./format.ts";
import { readFileOf } from "./input.ts";
import { findArena, matchModel, readArenas } from "./names.ts";
import { facts } from "./output.ts";
import { confirm, gasOf, networkFee, senderOf } from "./send.ts";
import type { Session } from "./session.ts";

const MAX_PARENTS = 4;
/** Reserving is one short message; this covers it. */
const RESERVATION_GAS = storageGas(100);

interface Flags {
  readonly arena: string;
  readonly name: string;
  readonly licence: string;
  readonly card?: string;
  readonly parent?: readonly string[];
  readonly royaltyBps?: string;
  readonly inferFee?: string;
  readonly maxFee?: string;
}

/** The `model register` command: checks, shows the price, reserves, waits for a block, registers. */
export async function register(session: Session, path: string, flags: Flags): Promise<Answer> {
  const client = await session.client();
  const [arenas, params, fee] = await Promise.all([
    readArenas(client),
    getParams(client),
    getRegistrationFee(client),
  ]);
  const arena = findArena(arenas, flags.arena);
  const file = await readFileOf("the model", path, params.maxFileBytes);
  const modelHex = toHex(sha256(file));
  const { address } = await session.key();

  const known = await getModel(client, { modelHex }).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  if (known) throw new UsageError(alreadyThere(known, address, modelHex));

  const parents = flags.parent ?? [];
  if (parents.length > MAX_PARENTS)
    throw new UsageError(`${parents.length} parents, a model has at most ${MAX_PARENTS}`);
  const models = parents.length === 0 ? [] : await getModels(client);
  const terms: TermsInput = {
    licence: flags.licence,
    royaltyBps: Number(parseUint("--royalty-bps", flags.royaltyBps ?? "0", 10_000n)),
    parents: parents.map((parent) => matchModel(models, arenas, parent).id),
    inferFee: parseAmount(flags.inferFee ?? "0uassay"),
  };
  const maxFee = flags.maxFee === undefined ? fee.amount : parseAmount(flags.maxFee);
  if (fee.amount > maxFee) {
    throw new UsageError(
      `the registration fee is ${formatAssay(fee.amount)}, you accept ${formatAssay(maxFee)}: raise --max-fee, or wait (it falls by half in quiet epochs)`,
    );
  }
  const model = { arena: arena.id, file, name: flags.name, card: flags.card ?? "", terms, maxFee };
  session.progress.step("asking the node whether it would take the file");
  await preflight(session, address, model);
  session.progress.clear();
  const bond = BigInt(params.modelBond);
  const prices = [
    { what: "registration fee, at most (burned)", amount: maxFee },
    { what: "model bond (comes back after withdrawal)", amount: bond },
  ];
  const gas = RESERVATION_GAS + storageGas(file.length);
  await confirm(
    session,
    { what: `register ${flags.name} in arena ${arena.spec.name}`, prices },
    networkFee(gas, session.settings.gasPrice),
  );

  const sender = tellingOf(await senderOf(session), session);
  const done = await registerModel(client, { sender, ...model, signal: session.signal });
  return {
    json: {
      model: done.modelHex,
      arena: arena.spec.name,
      name: flags.name,
      owner: address,
      fee: done.fee,
      bond,
      reserved: done.reservationSeq,
      height: done.height,
    },
    text: facts([
      ["model", done.modelHex],
      ["burned", formatAssay(done.fee)],
      ["bond", formatAssay(bond)],
      ["reserved", `#${done.reservationSeq} in the order of contenders`],
      [
        "next",
        `it takes part from the next epoch; follow it with: assay model show ${done.modelHex.slice(0, 10)}`,
      ],
    ]),
  };
}

function alreadyThere({ author, name }: Model, address: string, modelHex: string): string {
  const whose = author === address ? "by you" : `by ${author}`;
  return `this very file is registered already, ${whose}, as "${name}" (${modelHex}); a file can be registered once`;
}

/**
 * Lets the node judge the file before anything is paid: the chain looks at the file first and at the reservation
 * afterwards, so that a file in order is refused only for the reservation it does not have yet.
 */
async function preflight(
  session: Session,
  owner: string,
  model: Omit<Parameters<typeof registerMessage>[0], "owner" | "salt">,
): Promise<void> {
  try {
    await gasOf(session, [registerMessage({ ...model, owner, salt: new Uint8Array(SALT_SIZE) })]);
  } catch (error) {
    if (isPoiError(error, "reservation")) return;
    throw error;
  }
}

/** Tells of the two transactions as they go. */
function tellingOf(sender: Sender, { progress }: Session): Sender {
  return {
    address: sender.address,
    send: async (messages, options) => {
      const reserving = messages.some(({ typeUrl }) => typeUrl.endsWith("MsgReserveModel"));
      progress.step(
        reserving
          ? "1/3 reserving a place, waiting for a block"
          : "3/3 showing the file, waiting for a block",
      );
      const result = await sender.send(messages, options);
      if (reserving) progress.step(`2/3 reserved in block ${result.height}, the file follows a block later`);
      return result;
    },
  };
}
