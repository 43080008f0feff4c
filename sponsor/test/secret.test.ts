import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { SecretFileError } from "../src/errors.ts";
import { loadSecret, secretFrom } from "../src/secret.ts";
import { SEAT, temporaryFolder } from "./support/fixture.ts";

describe("secret", () => {
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  async function failure(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it("makes a file only its owner can read, and reads the same secret again", async () => {
    const path = join(folder, "data", "secret");
    const made = await loadSecret(path, true);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    const read = await loadSecret(path, false);
    expect(read.salt(SEAT, 2, 300)).to.deep.equal(made.salt(SEAT, 2, 300));
    expect(read.seed(SEAT)).to.deep.equal(made.seed(SEAT));
  });

  it("gives every chain, arena, sponsor, commitment and batch its own salt of 32 bytes", () => {
    const secret = secretFrom(new Uint8Array(32));
    const salts = [
      secret.salt(SEAT, 0, 0),
      secret.salt(SEAT, 0, 1),
      secret.salt(SEAT, 1, 0),
      secret.salt({ ...SEAT, arena: 2n }, 0, 0),
      secret.salt({ ...SEAT, chainId: "other-1" }, 0, 0),
      secret.salt({ ...SEAT, sponsor: new Uint8Array(20) }, 0, 0),
      secretFrom(new Uint8Array(32).fill(1)).salt(SEAT, 0, 0),
      secret.seed(SEAT),
    ].map((bytes) => Buffer.from(bytes).toString("hex"));
    expect(new Set(salts).size).to.equal(salts.length);
    for (const salt of salts) expect(salt).to.have.length(64);
  });

  it("refuses to make a new secret when batches were committed under a lost one", async () => {
    const error = await failure(loadSecret(join(folder, "secret"), false));
    expect(error).to.be.instanceOf(SecretFileError);
    expect((error as Error).message).to.match(/is missing.*restore it from your backup/);
  });

  it("refuses a file that others can read, and says what to run", async () => {
    const path = join(folder, "secret");
    await loadSecret(path, true);
    await chmod(path, 0o640);
    const error = await failure(loadSecret(path, false));
    expect(error).to.be.instanceOf(SecretFileError);
    expect((error as Error).message).to.contain(`chmod 600 ${path}`);
  });

  it("refuses a damaged file and leaves it as it is", async () => {
    const path = join(folder, "secret");
    await writeFile(path, "abc", { mode: 0o600 });
    const error = await failure(loadSecret(path, true));
    expect(error).to.be.instanceOf(SecretFileError);
    expect((error as Error).message).to.match(/damaged/);
    expect(await readFile(path, "utf8")).to.equal("abc");
  });
});
