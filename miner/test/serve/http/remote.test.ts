import { expect } from "chai";
import { remoteOf } from "../../../src/serve/http/remote.ts";

describe("remote address", () => {
  for (const [ip, remote] of [
    ["1.2.3.4", "1.2.3.4"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::6", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::", "fe80:0:0:0::/64"],
    [undefined, "unknown"],
  ] as const) {
    it(`counts ${ip} as ${remote}`, () => expect(remoteOf({ ip })).to.equal(remote));
  }
});
