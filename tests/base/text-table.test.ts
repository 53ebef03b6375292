import { describe, expect, it } from "vitest";
import { escapeHtml, htmlTable, shorten, shortenToBytes, textTable } from "../../src/base/text-table";

const columns = [{ name: "class" }, { name: "images", numeric: true }];

describe("a table", () => {
  it("stands in columns as text, numbers to the right", () => {
    expect(
      textTable(columns, [
        ["cat", "7"],
        ["automobile", "1,000"],
      ]),
    ).toBe("class       images\ncat              7\nautomobile   1,000");
  });

  it("lets no cell be markup", () => {
    const html = htmlTable(columns, [['<img src="x">&', "1"]]);
    expect(html).toContain("&#60;img src=&#34;x&#34;&#62;&#38;");
    expect(html).not.toContain("<img");
    expect(escapeHtml('a"b')).toBe("a&#34;b");
  });
});

describe("a text that is too long", () => {
  it("is cut, and never inside of a character", () => {
    expect(shorten("abcdef", 6)).toBe("abcdef");
    expect(shorten("abcdef", 4)).toBe("abc…");
    expect(shorten("ab🐱cd", 4)).toBe("ab…");
    expect(shortenToBytes("猫犬", 6)).toBe("猫犬");
    expect(shortenToBytes("猫犬鳥鹿", 10)).toBe("猫犬…");
    expect(shortenToBytes("猫犬鳥鹿", 11)).toBe("猫犬…");
  });
});
