import { isIPv4 } from "node:net";
import express, { Router, type Request } from "express";
import { addressBytes } from "@assay/client/address";
import { faucetRequest } from "../../wire/network.ts";
import { HttpError } from "../http/errors.ts";
import { limitRate, prefixOf } from "../http/limits.ts";
import { parseRequest } from "../http/route.ts";
import type { Faucet } from "./faucet.ts";

/** POST `{address}`: sends test tokens. Also takes part in the general budget of requests. */
export function serveFaucet(faucet: Faucet): Router {
  const router = Router();
  router.post(
    "/",
    limitRate({ name: "faucet", perMinute: 20, advice: "Ask for tokens less often" }),
    express.json({ limit: "1kb" }),
    async (request, response) => {
      const { address } = parseRequest(faucetRequest, request.body);
      if (!isAccount(address)) {
        throw new HttpError(400, "address: its checksum is wrong or it is no account's; copy it again");
      }
      response.set("Cache-Control", "no-store").json(await faucet.give(address, networkOf(request)));
    },
  );
  return router;
}

/** Accounts have 20 bytes, those of modules and contracts 32. */
function isAccount(address: string): boolean {
  try {
    return address.startsWith("assay1") && [20, 32].includes(addressBytes(address).length);
  } catch {
    // Not bech32.
    return false;
  }
}

/** The /24 of an IPv4 address, the /56 of an IPv6 one. */
function networkOf(request: Request): string {
  const prefix = prefixOf(request);
  return isIPv4(prefix) ? `${prefix.slice(0, prefix.lastIndexOf("."))}.0/24` : prefix;
}
