import { expect } from "chai";
import type { z } from "zod";
import {
  addressWith,
  amountIn,
  amountOrZeroIn,
  hexOf,
  percent,
  textUpTo,
  webAddress,
  whole,
} from "../../../web/src/transact/checks.ts";
import { unitOf } from "../../../web/src/transact/units.ts";
import { ALICE, NETWORK, VALIDATOR } from "./support.ts";

/** What a check says of a text: its value, or the message. */
function say(schema: z.ZodType, text: string): unknown {
  const read = schema.safeParse(text);
  return read.success ? read.data : read.error.issues[0]?.message;
}

describe("checks of fields", () => {
  const unit = unitOf("uassay", NETWORK);

  const tables: Record<string, { schema: z.ZodType; rows: readonly (readonly [string, unknown])[] }> = {
    "an amount": {
      schema: amountIn(unit),
      rows: [
        ["1.5", 1_500_000n],
        ["0", "Write more than 0."],
        ["0.0000001", "ASSAY has at most 6 decimals."],
        ["99999999999999999999", "That is more than can exist."],
        ["five", "Write a number such as 2 or 0.5."],
      ],
    },
    "an amount that may be zero": {
      schema: amountOrZeroIn(unit),
      rows: [
        ["0", 0n],
        ["", "Write a number such as 2 or 0.5."],
      ],
    },
    "an address": {
      schema: addressWith("assay"),
      rows: [
        [ALICE, ALICE],
        [` ${ALICE} `, ALICE],
        [`${ALICE.slice(0, -1)}q`, "This address has a typing mistake: its checksum is wrong."],
        [VALIDATOR, "This address begins with assayvaloper1; one that begins with assay1 is needed."],
        ["cosmos1", "Write an address that begins with assay1."],
        ["", "Write an address that begins with assay1."],
      ],
    },
    "a whole number": {
      schema: whole({ min: 1n, max: 64n }),
      rows: [
        ["64", 64n],
        ["0", "Write a number from 1 to 64."],
        ["65", "Write a number from 1 to 64."],
        ["1.5", "Write a number: digits only."],
        ["-1", "Write a number: digits only."],
      ],
    },
    "a number of 64 bits": {
      schema: whole(),
      rows: [
        ["18446744073709551615", 2n ** 64n - 1n],
        ["18446744073709551616", "Write a number from 0 to 18446744073709551615."],
      ],
    },
    "an id": {
      schema: hexOf(2, "id"),
      rows: [
        ["00fF", Uint8Array.of(0, 255)],
        ["00f", "Write the id: 4 digits of hex."],
        ["00fg", "Write the id: 4 digits of hex."],
        ["00ff00", "Write the id: 4 digits of hex."],
      ],
    },
    "a text": {
      schema: textUpTo(4),
      rows: [
        ["abcd", "abcd"],
        ["éé", "éé"],
        ["ééé", "This has 6 bytes; 4 are the most."],
        ["  ", "Write something here."],
      ],
    },
    "an address of a server": {
      schema: webAddress(30),
      rows: [
        ["https://models.example", "https://models.example"],
        ["http://127.0.0.1:42101", "http://127.0.0.1:42101"],
        ["https://models.example/", "Leave the slash at the end out."],
        ["javascript:alert(1)", "Write an address that begins with https:// or http://."],
        ["models.example", "Write an address that begins with https:// or http://."],
        ["https://a-very-long-name.models.example", "At most 30 characters."],
      ],
    },
    "a percentage": {
      schema: percent(),
      rows: [
        ["97.5", 975_000],
        ["0", 0],
        ["100", 1_000_000],
        ["0.0001", 1],
        ["100.1", "At most 100."],
        ["0.00001", "Write a percentage such as 97.5."],
        ["-1", "Write a percentage such as 97.5."],
      ],
    },
  };

  for (const [what, { schema, rows }] of Object.entries(tables))
    describe(what, () => {
      for (const [text, expected] of rows)
        it(`says of ${JSON.stringify(text.slice(0, 50))}: ${String(expected)}`, () => {
          expect(say(schema, text)).to.deep.equal(expected);
        });
    });
});
