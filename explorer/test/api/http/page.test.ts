import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { HttpError } from "../../../api/http/errors.ts";
import { decodeCursor, encodeCursor, pageOf } from "../../../api/http/page.ts";
import { pageQuery } from "../../../wire/common.ts";

const place = z.tuple([z.int(), z.string()]);

describe("cursors", () => {
  it("come back as they were, in the alphabet of page queries", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.string({ maxLength: 20 }), (number, text) => {
        const cursor = encodeCursor([number, text]);
        expect(pageQuery.parse({ cursor }).cursor).to.equal(cursor);
        expect(decodeCursor(cursor, place)).to.deep.equal([number, text]);
      }),
    );
  });

  it("are refused when they are of something else", () => {
    expect(decodeCursor(undefined, place)).to.equal(undefined);
    fc.assert(
      fc.property(fc.oneof(fc.base64String(), fc.string(), fc.constant(encodeCursor([1]))), (cursor) => {
        expect(() => decodeCursor(cursor, place)).to.throw(HttpError, /^cursor: /);
      }),
    );
  });
});

describe("pages", () => {
  const cut = (rows: number[]) =>
    pageOf(
      rows,
      2,
      (row) => [row],
      (row) => ({ row }),
    );

  it("end where the list ends", () => {
    expect(cut([3, 2])).to.deep.equal({ items: [{ row: 3 }, { row: 2 }], next: null });
    expect(cut([])).to.deep.equal({ items: [], next: null });
  });

  it("lead on by the last row that is shown", () => {
    expect(cut([3, 2, 1])).to.deep.equal({ items: [{ row: 3 }, { row: 2 }], next: encodeCursor([2]) });
  });
});
