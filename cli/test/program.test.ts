import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { assay } from "./support/io.ts";

const ADDRESS = "assay1qurswpc8qurswpc8qurswpc8qurswpc80h4rwn";

/** From the BIP-39 test vectors: nobody's money. */
const WORDS = `${"abandon ".repeat(23)}art`;

describe("assay without a chain", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "assay-cli-"))));
  afterEach(() => rm(folder, { recursive: true }));

  describe("the command line", () => {
    it("shows help with examples and ends with 0", async () => {
      const { code, out } = await assay(["why", "--help"]);
      expect(code).to.equal(0);
      expect(out)
        .to.include("Usage: assay why")
        .and.include("$ assay why digits/")
        .and.include("--rpc <url>");
    });

    const refused: readonly [string[], string][] = [
      [["nonsense"], "unknown command 'nonsense'"],
      [["model"], '"model" needs a command: list, show, register, infer, withdraw'],
      [["model", "shwo"], 'there is no command "model shwo": list, show'],
      [["ladder"], "missing required argument 'arena'"],
      [["status", "--rcp", "x"], "unknown option '--rcp'"],
      [["status", "--rpc", "ftp://x"], "expected an http:// or https:// URL"],
      [["status", "--gas-price", "cheap"], "expected a gas price"],
      [["why", "mlp", "soon"], 'epoch "soon" is not a whole number'],
      [["challenge", "-1", "0", "mlp", "0"], 'epoch "-1" is not a whole number'],
      [["arena", "fund", "digits", "5"], "write it with its unit"],
      [["scorer", "show", "cosmos1hqlws3kxvrd4dqpd66dsf5su62zzuzrgqcgvjv"], "they start with assay1"],
      [["scorer", "show", "assay1hqlws3kxvrd4dqpd66dsf5su62zzuzrgqcgvjw"], "a letter of it must be wrong"],
      [
        ["scorer", "bond", "--tip", "12", "--key", "me"],
        'is not 32 bytes in hex, as "assay-scorer init" prints',
      ],
      [["service"], '"service" needs a command: show'],
      [["channel", "open"], 'there is no command "channel open": list, close, top-up'],
      [["services", "--sort", "name"], "Allowed choices are accuracy, price, latency"],
      [["services", "--min-accuracy", "0.975x"], "is no percentage from 0 to 100"],
      [["services", "--max-price", "5"], "write it with its unit"],
      [["services", "--arena", "digits", "--model", "mlp"], "only one of --arena, --model and --provider"],
      [["channel", "top-up", "abcd", "5", "--key", "me"], "write it with its unit"],
      [
        ["spender", "approve", ADDRESS, "--max-total", "5assay"],
        "'--max-per-channel <amount>' not specified",
      ],
      [
        ["spender", "approve", ADDRESS, "--max-total", "5assay", "--max-per-channel", "6assay"],
        "--max-per-channel is more than --max-total",
      ],
      [
        ["spender", "approve", ADDRESS, "--max-total", "5assay", "--max-per-channel", "6ibc/AB"],
        "must be of the same coin",
      ],
      [["rewards", "show"], "name the account that signs: --key NAME"],
    ];
    for (const [args, message] of refused) {
      it(`refuses "${args.join(" ")}" with 2`, async () => {
        const { code, out, err } = await assay([...args, "--keys", folder]);
        expect(err).to.include(message);
        expect(code).to.equal(2);
        expect(out).to.equal("");
      });
    }

    it("says that no node answers, and ends with 1", async () => {
      const { code, err } = await assay(["status", "--rpc", "http://127.0.0.1:9"]);
      expect(code).to.equal(1);
      expect(err).to.include("No node answers at http://127.0.0.1:9");
    });
  });

  describe("settings", () => {
    it("come from the file, then the environment, then flags", async () => {
      const config = join(folder, "config.yaml");
      await writeFile(config, "rpc: http://127.0.0.1:9/file\n");
      const asked = async (args: string[], env: NodeJS.ProcessEnv): Promise<string> =>
        (await assay(["status", "--config", config, ...args], { env })).err;
      expect(await asked([], {})).to.include("http://127.0.0.1:9/file");
      expect(await asked([], { ASSAY_CLI_RPC: "http://127.0.0.1:9/env" })).to.include(
        "http://127.0.0.1:9/env",
      );
      expect(
        await asked(["--rpc", "http://127.0.0.1:9/flag"], { ASSAY_CLI_RPC: "http://127.0.0.1:9/env" }),
      ).to.include("http://127.0.0.1:9/flag");
    });

    it("refuse misspelt names and a file that is not there", async () => {
      const config = join(folder, "config.yaml");
      expect((await assay(["status", "--config", config])).err).to.include("it does not exist");
      await writeFile(config, "prc: x\n");
      const { code, err } = await assay(["status", "--config", config]);
      expect(code).to.equal(2);
      expect(err).to.include("prc");
    });
  });

  describe("keys", () => {
    const keys = (...args: string[]) => assay(["keys", ...args, "--keys", folder]);

    it("are made for the owner alone, and keep their words to themselves", async () => {
      const { code, out, err } = await keys("add", "me");
      expect(code).to.equal(0);
      const { mode } = await stat(join(folder, "me.json"));
      expect(mode & 0o777).to.equal(0o600);
      const { mnemonic, address } = JSON.parse(await readFile(join(folder, "me.json"), "utf8")) as {
        mnemonic: string;
        address: string;
      };
      expect(mnemonic.split(" ")).to.have.length(24);
      const shown = [
        out,
        err,
        (await keys("show", "me")).out,
        (await keys("list")).out,
        (await keys("show", "me", "--json")).out,
      ].join("\n");
      expect(shown).to.include(address).and.not.include(mnemonic.split(" ").slice(0, 3).join(" "));
    });

    it("show their words when asked", async () => {
      await assay(["keys", "import", "me", "--keys", folder], { input: ` ${WORDS.toUpperCase()}\n` });
      expect((await keys("show", "me", "--mnemonic")).out).to.include(WORDS);
      expect((await keys("add", "other", "--show-mnemonic", "--json")).out).to.match(
        /"mnemonic": "(\w+ ){23}\w+"/,
      );
    });

    it("come back from their words", async () => {
      const { code, out } = await assay(["keys", "import", "me", "--keys", folder, "--json"], {
        input: WORDS,
      });
      expect(code).to.equal(0);
      const { address } = JSON.parse(out) as { address: string };
      expect((await keys("show", "me", "--json")).out).to.include(`"address": "${address}"`);
    });

    it("are not made from wrong words, which are not repeated", async () => {
      const { code, err } = await assay(["keys", "import", "me", "--keys", folder], {
        input: "secret words that are wrong",
      });
      expect(code).to.equal(2);
      expect(err).to.include("not the secret words of an account").and.not.include("that are wrong");
    });

    it("are never replaced", async () => {
      await keys("add", "me");
      const before = await readFile(join(folder, "me.json"), "utf8");
      expect((await keys("add", "me")).err).to.include('there is a key "me" already');
      expect((await assay(["keys", "import", "me", "--keys", folder], { input: WORDS })).code).to.equal(2);
      expect(await readFile(join(folder, "me.json"), "utf8")).to.equal(before);
    });

    it("are refused when others can read them, and the list says so", async () => {
      await keys("add", "me");
      await chmod(join(folder, "me.json"), 0o644);
      const { code, err } = await keys("show", "me");
      expect(code).to.equal(2);
      expect(err).to.include("run: chmod 600");
      expect((await keys("list", "--json")).out).to.include("chmod 600");
    });

    it("have names that cannot leave the folder", async () => {
      for (const name of ["../me", "a/b", ".hidden", "-x y"]) {
        expect((await assay(["keys", "add", "--keys", folder, "--", name])).err, name).to.include(
          "cannot name a key",
        );
      }
    });

    it("are missed with advice", async () => {
      expect((await keys("list")).out).to.include("make one with: assay keys add NAME");
      expect((await keys("show", "me")).err).to.include('create one with "assay keys add"');
    });
  });
});
