import { expect } from "chai";
import { cleanText } from "../src/text.ts";

describe("cleanText", () => {
  it("leaves ordinary text of any script alone", () => {
    expect(cleanText("Señal — 数字 «عربي» ok", 64)).to.equal("Señal — 数字 «عربي» ok");
  });

  it("keeps markup as the text it is", () => {
    expect(cleanText('<b onclick="x()">hi</b>', 64)).to.equal('<b onclick="x()">hi</b>');
  });

  it("removes characters that reorder, hide or break lines", () => {
    expect(cleanText("a\u202eb\u2066c\u200bd\u0000e\u001bf\u00adg\ufeffh", 64)).to.equal("abcdefgh");
    expect(cleanText("one\n\ttwo\u2028three", 64)).to.equal("one two three");
  });

  it("bounds stacked marks", () => {
    expect(cleanText(`a${"\u0301".repeat(50)}b`, 64)).to.equal(`a${"\u0301".repeat(3)}b`);
  });

  it("cuts by code points and says so", () => {
    expect(cleanText("😀".repeat(10), 4)).to.equal("😀😀😀…");
    expect(cleanText("abcd", 4)).to.equal("abcd");
  });

  it("is empty when nothing can be shown", () => {
    expect(cleanText("\u200b\u202e \n", 10)).to.equal("");
  });
});
