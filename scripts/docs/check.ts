/**
 * Checks what the Markdown files of the repository promise: that links lead somewhere, that commands exist, and that
 * the folder map of the README is the tree. `node scripts/docs/check.ts` prints what is wrong; it runs with the tests.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Folders that are made, not written. */
const MADE = new Set([".git", ".demo", ".venv", "build", "coverage", "dist", "node_modules"]);
/** Others wrote what is in it. */
const VENDORED = "third_party";

const packageFile = z.object({
  name: z.string(),
  workspaces: z.array(z.string()).default([]),
  scripts: z.record(z.string(), z.string()).default({}),
  bin: z.record(z.string(), z.string()).default({}),
});
type Package = z.output<typeof packageFile>;

/** Everything that is wrong in the Markdown files below `root`, one line each, sorted. */
export async function checkDocs(root: string): Promise<string[]> {
  const commands = await readCommands(root);
  const problems: string[] = [];
  for (const path of await markdownFiles(root)) {
    const name = relative(root, path);
    const text = await readFile(path, "utf8");
    for (const target of linksOf(text)) {
      const file = join(dirname(path), decodeURIComponent(target));
      if (!(await exists(file))) problems.push(`${name}: the link ${target} leads nowhere`);
    }
    for (const command of unknownCommands(text, commands)) problems.push(`${name}: there is no ${command}`);
  }
  problems.push(...(await checkMap(root)));
  return problems.sort();
}

async function markdownFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !MADE.has(entry.name) && entry.name !== VENDORED) files.push(...(await markdownFiles(path)));
    else if (entry.isFile() && entry.name.endsWith(".md")) files.push(path);
  }
  return files;
}

const FENCED = /^```[^\n]*\n(.*?)^```/gms;
const INLINE = /`[^`\n]+`/g;

/** Targets of relative links, without their fragments. Code is no link. */
function linksOf(text: string): string[] {
  const prose = text.replace(FENCED, "").replace(INLINE, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^([a-z]+:|#|\/)/.test(target))
    .map((target) => target.replace(/#.*$/, ""));
}

interface Commands {
  targets: Set<string>;
  /** Scripts by package; "" is the root. */
  scripts: Map<string, Set<string>>;
  bins: Set<string>;
}

async function readCommands(root: string): Promise<Commands> {
  const makefile = await readFile(join(root, "Makefile"), "utf8");
  const targets = [...makefile.matchAll(/^([a-z][\w./ -]*):(?!=)/gm)].flatMap(([, names = ""]) => names.split(" "));
  const main = await readPackage(root);
  const scripts = new Map([["", new Set(Object.keys(main.scripts))]]);
  const bins = new Set<string>();
  for (const workspace of main.workspaces) {
    const found = await readPackage(join(root, workspace));
    scripts.set(found.name, new Set(Object.keys(found.scripts)));
    for (const bin of Object.keys(found.bin)) bins.add(bin);
  }
  return { targets: new Set(targets), scripts, bins };
}

async function readPackage(folder: string): Promise<Package> {
  return packageFile.parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
}

/** Calls of make, npm run and our own programs, in code of the text, that would not find what they name. */
function unknownCommands(text: string, { targets, scripts, bins }: Commands): string[] {
  const code = [...text.matchAll(FENCED), ...text.matchAll(INLINE)].map(([match]) => match).join("\n");
  const unknown: string[] = [];
  for (const [call, target = ""] of code.matchAll(/\bmake ([a-z][\w./-]*)/g)) {
    if (!targets.has(target)) unknown.push(call);
  }
  for (const [call, script = "", workspace = ""] of code.matchAll(/\bnpm run (?:--silent )?([\w:-]+)(?: -w ([@\w/-]+))?/g)) {
    if (!scripts.get(workspace)?.has(script)) unknown.push(call);
  }
  for (const [call, bin = ""] of code.matchAll(/\bnpx (assay[\w-]*)/g)) {
    if (!bins.has(bin)) unknown.push(call);
  }
  return unknown;
}

/** The map is the first code block after the heading "Folders": a path a line, two spaces deeper for each level. */
async function checkMap(root: string): Promise<string[]> {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const map = /^## Folders$.*?^```\n(.*?)^```/ms.exec(readme)?.[1];
  if (map === undefined) return ["README.md: there is no folder map"];
  const problems: string[] = [];
  const above: string[] = [];
  const top = new Set<string>();
  for (const [, indent = "", name = ""] of map.matchAll(/^( *)(\S+)\/(?: .*)?$/gm)) {
    const depth = indent.length / 2;
    above.splice(depth, above.length, name);
    if (depth === 0) top.add(name);
    const path = join(...above);
    if (!(await exists(join(root, path)))) problems.push(`README.md: the map has ${path}/, the tree has not`);
  }
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (entry.isDirectory() && !MADE.has(entry.name) && !top.has(entry.name)) {
      problems.push(`README.md: the tree has ${entry.name}/, the map has not`);
    }
  }
  return problems;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) {
  const problems = await checkDocs(ROOT);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
