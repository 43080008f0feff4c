import { expect } from "chai";
import { findKinship } from "../datasets/near-duplicates.ts";

/** A text of distinct words. */
function words(prefix: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`).join(" ");
}

describe("findKinship", () => {
  const original = words("offer", 120);
  const documents = [
    { key: "", text: original },
    { key: "", text: original.replace("offer60", "dear-customer-4711") },
    { key: "", text: `${words("reply", 120)} ${original}` },
    { key: "", text: words("stranger", 120) },
    { key: "lunch", text: words("tomorrow", 20) },
    { key: "lunch", text: words("noon", 20) },
    { key: "", text: "" },
    { key: "", text: "" },
  ];
  const kinship = findKinship(documents);

  it("marks a text with one word changed as a copy of the first", () => {
    expect(kinship[0]).to.deep.equal({ group: 0, copy: false });
    expect(kinship[1]).to.deep.equal({ group: 0, copy: true });
  });

  it("puts a text that quotes another into its group without calling it a copy", () => {
    expect(kinship[2]).to.deep.equal({ group: 0, copy: false });
  });

  it("joins what has the same key and leaves strangers and empty texts alone", () => {
    expect(kinship.slice(3).map(({ group }) => group)).to.deep.equal([3, 4, 4, 6, 7]);
  });
});
