import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { readSettings } from "../src/config.ts";
import { temporaryFolder } from "./support/fixture.ts";

describe("config", () => {
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  async function read(sponsors: string) {
    const path = join(folder, "sponsor.yaml");
    await writeFile(path, `chain-id: assay-local-1\ndata: data\nsponsors:\n${sponsors}`);
    return readSettings(path, {});
  }

  async function complaint(sponsors: string): Promise<string> {
    return read(sponsors).then(
      () => expect.fail("it was accepted"),
      (error: Error) => error.message,
    );
  }

  it("reads the example of the README", async () => {
    const { sponsors } = await read(
      "  - { arena: digits, key: a.json, loader: digits, share: 1/5, bond: yes }\n" +
        "  - { arena: mine, key: b.json, loader: { folder: { directory: d, augment: yes } }, seed: 00112233445566778899aabbccddeeff }\n",
    );
    expect(sponsors[0]).to.deep.include({ loader: "digits", share: { share: 0, shares: 5 }, bond: true });
    expect(sponsors[1]!.share).to.deep.equal({ share: 0, shares: 1 });
    expect(sponsors[1]!.seed).to.have.length(16);
  });

  for (const [name, sponsors, message] of [
    [
      "a share beyond the last",
      "  - { arena: a, key: k, loader: spam, share: 6/5 }",
      /sponsors\.0\.share: expected "1\/5"/,
    ],
    ["an unknown loader", "  - { arena: a, key: k, loader: cats }", /sponsors\.0\.loader/],
    [
      "a misspelt setting",
      "  - { arena: a, key: k, loader: spam, shares: 1/5 }",
      /[Uu]nrecognized key.*shares/,
    ],
    [
      "a short seed",
      "  - { arena: a, key: k, loader: spam, seed: abcd }",
      /sponsors\.0\.seed: expected 32 to 128 hex digits/,
    ],
    [
      "a key that is listed twice for an arena",
      "  - { arena: a, key: k, loader: spam }\n  - { arena: a, key: k, loader: digits }",
      /a key is listed twice for one arena/,
    ],
  ] as const) {
    it(`refuses ${name}`, async () => {
      expect(await complaint(sponsors)).to.match(message);
    });
  }
});
