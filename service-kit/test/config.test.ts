import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { address, amount, commonSettings, ConfigError, integer, loadConfig, yesNo } from "../src/config.ts";
import { exitCodeOf } from "../src/errors.ts";
import { errorOf, withFolder } from "../src/testing/support.ts";

const schema = z.strictObject({
  ...commonSettings,
  threads: integer(1, 8).default(1),
  challenge: yesNo().default(true),
  budget: amount().default(0n),
  operator: address().optional(),
});

describe("config", () => {
  it("lets the environment win over the file, and flags over both", () =>
    withFolder(async (folder) => {
      const file = join(folder, "c.yaml");
      writeFileSync(file, "chain-id: from-file\nthreads: 2\nlogLevel: warn\ndata: here\nbudget: 12\n");
      const config = await loadConfig(schema, {
        file,
        flags: { threads: "4", challenge: undefined },
        env: {
          prefix: "ASSAY_X",
          values: { ASSAY_X_CHAIN_ID: "from-env", ASSAY_X_CHALLENGE: "no", OTHER: "x" },
        },
      });
      expect(config).to.include({
        chainId: "from-env",
        threads: 4,
        logLevel: "warn",
        challenge: false,
        budget: 12n,
      });
      expect(config.data).to.equal(join(process.cwd(), "here"));
      expect(config.rpc).to.equal("http://127.0.0.1:26657");
    }));

  it("lists every problem by its name", async () => {
    const error = await errorOf(() =>
      loadConfig(schema, {
        flags: {
          threads: "9",
          colour: "red",
          rpc: "ftp://x",
          operator: "cosmos1x",
          challenge: "maybe",
          budget: "-1",
        },
      }),
    );
    expect(error).to.be.instanceOf(ConfigError);
    expect(exitCodeOf(error)).to.equal(2);
    for (const line of [
      /chain-id: .*expected string/,
      /data: /,
      /threads: .*<=8/,
      /colour/,
      /rpc: expected an http/,
      /operator: expected an address that starts with assay1/,
      /challenge: expected yes or no/,
      /budget: expected a whole number of uassay/,
    ]) {
      expect(error.message).to.match(line);
    }
  });

  it("says what is wrong with the file", () =>
    withFolder(async (folder) => {
      const file = join(folder, "c.yaml");
      const load = () => errorOf(() => loadConfig(schema, { file, flags: {} }));
      expect((await load()).message).to.match(/cannot read the config file .*: it does not exist/);
      writeFileSync(file, "a: [");
      expect((await load()).message).to.match(/is not valid YAML/);
      writeFileSync(file, "- a\n");
      expect((await load()).message).to.match(/must hold settings/);
      writeFileSync(file, "#".repeat(2 << 20));
      expect((await load()).message).to.match(/at most 1048576 are read/);
    }));
});
