import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorOf, withFolder } from "@assay/service-kit/testing/support";
import { expect } from "chai";
import { readServeSettings, type ServeSettings } from "../../src/config.ts";

const SERVICE = { name: "digits", model: "digits/best", price: 100 };
const LEAST = {
  "chain-id": "assay-local-1",
  data: "data",
  key: "key.json",
  "public-url": "https://a.example/",
  services: [SERVICE],
};

/** JSON is YAML. */
const read = (settings: object, flags = {}): Promise<ServeSettings> =>
  withFolder(async (folder) => {
    const path = join(folder, "serve.yaml");
    await writeFile(path, JSON.stringify(settings));
    return readServeSettings(path, flags);
  });

const problem = async (changes: object): Promise<string> =>
  (await errorOf(() => read({ ...LEAST, ...changes }))).message;

describe("settings of serve", () => {
  it("need little, and have defaults for the rest", async () => {
    const settings = await read(LEAST);
    expect(settings).to.deep.include({
      publicUrl: "https://a.example",
      listen: { host: "127.0.0.1", port: 8080 },
      exposure: 10_000_000n,
      claim: { above: 1_000_000n, minutes: 60, onExit: true, withdrawAbove: 1_000_000n },
    });
    expect(settings.services[0]).to.deep.include({
      price: 100n,
      denom: "uassay",
      promise: 0,
      description: "",
    });
    expect(settings.limits.badSignatures).to.equal(20);
    expect(settings.threads).to.be.at.least(1);
  });

  it("take a promise as an accuracy, and single limits", async () => {
    const settings = await read({
      ...LEAST,
      services: [{ ...SERVICE, promise: 0.975 }],
      limits: { items: 4 },
      claim: { above: "5" },
    });
    expect(settings.services[0]?.promise).to.equal(975_000);
    expect([settings.limits.items, settings.limits.calls]).to.deep.equal([4, 256]);
    expect([settings.claim.above, settings.claim.minutes]).to.deep.equal([5n, 60]);
  });

  it("name what is wrong", async () => {
    const service = (changes: object) => problem({ services: [{ ...SERVICE, ...changes }] });
    expect(await service({ model: undefined })).to.match(/a service needs a model, or an upstream/);
    expect(await service({ model: "best" })).to.match(/expected a model's id in hex, or arena\/name/);
    expect(await service({ name: "12" })).to.match(/digits only could be mistaken for a service's number/);
    expect(await service({ name: "a/b" })).to.match(/expected 1 to 64 letters/);
    expect(await service({ price: (2n ** 64n).toString() })).to.match(/less than 2\^64/);
    expect(await service({ price: -1 })).to.match(/services.0.price/);
    expect(await service({ promise: 1.1 })).to.match(/promise/);
    const upstream = { url: "http://127.0.0.1:8000", model: "m" };
    expect(await service({ model: undefined, upstream, promise: 0.5 })).to.match(
      /only what the chain measures/,
    );
    expect(await service({ upstream: { ...upstream, url: "ftp://x" } })).to.match(/http:\/\/ or https:\/\//);
    expect(await service({ colour: "red" })).to.match(/Unrecognized key.*colour/);
    expect(await problem({ services: [SERVICE, SERVICE] })).to.match(/a name is used twice/);
    expect(await problem({ services: [] })).to.match(/services/);
    expect(await problem({ "public-url": "a.example" })).to.match(/public-url: expected an http/);
    expect(await problem({ limits: { calls: 0 } })).to.match(/limits.calls/);
  });
});
