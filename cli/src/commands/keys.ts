import { codeOf } from "@assay/service-kit/errors";
import { loadKey, saveKey } from "@assay/service-kit/keys";
import type { Command } from "commander";
import { access } from "node:fs/promises";
import { examples, group, type Answer, type Cli } from "../command.ts";
import { UsageError } from "../errors.ts";
import { checkKeyName, keyPath, listKeys, mnemonicOf } from "../keyring.ts";
import { facts, table } from "../output.ts";
import type { Session } from "../session.ts";

/** 24 words of at most 8 letters, and then some white space. */
const MAX_MNEMONIC_BYTES = 1000;

export function addKeysCommands(program: Command, cli: Cli): void {
  const keys = group(program, "keys", "accounts, each in a file that only you can read");
  examples(
    keys
      .command("add <name>")
      .description("make a new account")
      .option("--show-mnemonic", "print its secret words, to keep a copy on paper")
      .action(cli.run(add)),
    "keys add me",
  );
  examples(
    keys.command("list").description("the accounts in the folder of keys").action(cli.run(list)),
    "keys list",
  );
  examples(
    keys
      .command("show <name>")
      .description("one account")
      .option("--mnemonic", "print its secret words: whoever has them has the money")
      .action(cli.run(show)),
    "keys show me",
  );
  examples(
    keys
      .command("import <name>")
      .description("make the file of an account from its secret words, read from standard input")
      .action(cli.run(importKey)),
    "keys import me < words.txt",
  );
}

async function add(
  session: Session,
  name: string,
  { showMnemonic }: { showMnemonic?: boolean },
): Promise<Answer> {
  const file = await freeFile(session, name);
  const key = await saveKey(file, name);
  const mnemonic = showMnemonic === true ? key.signer.mnemonic : undefined;
  return {
    json: { name, address: key.address, file, mnemonic },
    text: facts([
      ["name", name],
      ["address", key.address],
      ["file", `${file}: keep a copy of it, nothing else brings the account back`],
      ["mnemonic", mnemonic],
    ]),
  };
}

async function list(session: Session): Promise<Answer> {
  const { keys } = session.settings;
  const entries = await listKeys(keys);
  const json = entries.map(({ name, address, file, problem }) => ({
    name,
    address: address ?? null,
    file,
    problem: problem ?? null,
  }));
  if (entries.length === 0) return { json, text: `No keys in ${keys}; make one with: assay keys add NAME` };
  return {
    json,
    text: table(
      ["name", "address"],
      entries.map(({ name, address, problem }) => [name, address ?? `cannot be used: ${problem}`]),
    ),
  };
}

async function show(
  session: Session,
  name: string,
  { mnemonic: asked }: { mnemonic?: boolean },
): Promise<Answer> {
  const file = keyPath(session.settings.keys, name);
  const { key, mnemonic } =
    asked === true ? await mnemonicOf(file) : { key: await loadKey(file), mnemonic: undefined };
  return {
    json: { name: key.name, address: key.address, file, mnemonic },
    text: facts([
      ["name", key.name],
      ["address", key.address],
      ["file", file],
      ["mnemonic", mnemonic],
    ]),
  };
}

async function importKey(session: Session, name: string): Promise<Answer> {
  const file = await freeFile(session, name);
  const { io } = session;
  if (io.inIsTty) io.err("Secret words, then Ctrl-D:\n");
  const words = (await io.readInput(MAX_MNEMONIC_BYTES)).trim().toLowerCase().split(/\s+/).join(" ");
  // The words do not belong into an error.
  const key = await saveKey(file, name, words).catch((error: unknown) => {
    if (codeOf(error) !== undefined || !(error instanceof Error) || /exists already/.test(error.message))
      throw error;
    throw new UsageError(
      "these are not the secret words of an account: 12 to 24 words of the BIP-39 list, in their order",
    );
  });
  return {
    json: { name, address: key.address, file },
    text: facts([
      ["name", name],
      ["address", key.address],
      ["file", file],
    ]),
  };
}

/** The file of a key that does not exist yet. Throws UsageError. */
async function freeFile(session: Session, name: string): Promise<string> {
  const file = keyPath(session.settings.keys, checkKeyName(name));
  const taken = await access(file).then(
    () => true,
    () => false,
  );
  if (taken) throw new UsageError(`there is a key "${name}" already (${file}); choose another name`);
  return file;
}
