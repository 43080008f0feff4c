import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeReceiptFile } from "@assay/client/market/x402";
import { expect } from "chai";
import { assay } from "../support/io.ts";
import { signedReceipt } from "../support/receipts.ts";

describe("receipt files", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "assay-receipt-"))));
  afterEach(() => rm(folder, { recursive: true }));

  interface ReceiptJson {
    outputs: number[][];
    items: string[];
    salt: string;
    receipt: { chainId: string; amount: string };
    chainId: string;
    servingKey: string;
  }

  /** Writes a receipt over two items, changed as a test says. */
  async function write(change: (json: ReceiptJson) => void = () => undefined): Promise<string> {
    const file = await signedReceipt({
      chainId: "test-1",
      service: 7n,
      model: new Uint8Array(32).fill(9),
      items: [Uint8Array.of(1, 2), Uint8Array.of(3, 4)],
      outputs: [Int32Array.of(5, -6), Int32Array.of(7, 8)],
    });
    const json = JSON.parse(encodeReceiptFile(file)) as ReceiptJson;
    change(json);
    const path = join(folder, "receipt.json");
    await writeFile(path, JSON.stringify(json));
    return path;
  }

  it("prove by themselves, without a chain, what was asked and answered", async () => {
    const path = await write();
    const { code, out, err } = await assay(["receipt", "verify", path, "--rpc", "http://127.0.0.1:9"]);
    expect(code, err).to.equal(0);
    expect(out)
      .to.include("signed over these items and outputs by the key in the file")
      .and.include("not compared with the model");
    const json: unknown = JSON.parse((await assay(["receipt", "verify", path, "--json"])).out);
    expect(json).to.include({ service: "7", valid: true, fault: null, rerun: null, items: 2, channel: null });
  });

  const changes: readonly [string, (json: ReceiptJson) => void, string][] = [
    ["an output", ({ outputs }) => void outputs[1]?.fill(1), "output_root"],
    ["an item", ({ items }) => void items.reverse(), "input_root"],
    ["the salt", (json) => void (json.salt = "00".repeat(16)), "call_hash"],
    ["the amount", ({ receipt }) => void (receipt.amount = "1"), "signature"],
    ["the key", (json) => void (json.servingKey = "01".repeat(32)), "signature"],
    ["an answer that is missing", ({ outputs }) => void outputs.pop(), "items"],
    [
      "the chain",
      (json) => {
        json.chainId = "other-1";
        json.receipt.chainId = "other-1";
      },
      "signature",
    ],
  ];
  for (const [what, change, fault] of changes) {
    it(`prove nothing after a change of ${what}`, async () => {
      const path = await write(change);
      const { code, out } = await assay(["receipt", "verify", path, "--json"]);
      expect(code).to.equal(1);
      expect(JSON.parse(out)).to.include({ valid: false, fault });
      expect((await assay(["receipt", "verify", path])).err).to.match(/^assay: The receipt is/);
    });
  }

  it("are told from other files", async () => {
    const path = join(folder, "other.json");
    expect((await assay(["receipt", "verify", path])).err).to.include("there is no file");
    await writeFile(path, "{}");
    const { code, err } = await assay(["receipt", "verify", path]);
    expect(code).to.equal(2);
    expect(err).to.include("is no receipt file");
  });

  it("are challenged only if they prove something, by an item that is there", async () => {
    const broken = await write(({ outputs }) => void outputs[1]?.fill(1));
    expect((await assay(["challenge-answer", broken, "--key", "me"])).err).to.include("another answer than");
    const path = await write();
    const { code, err } = await assay(["challenge-answer", path, "--index", "2", "--key", "me"]);
    expect(code).to.equal(2);
    expect(err).to.include('index "2" is not a whole number from 0 to 1');
  });
});
