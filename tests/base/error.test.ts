import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";

describe("a VitlabError", () => {
  it("is one line, whatever it quotes", () => {
    expect(new VitlabError("a file\nof two lines: mend it").message).toBe("a file␊of two lines: mend it");
  });

  it("is no longer than a page: what is wrong and what to do stay", () => {
    const { message } = new VitlabError(`size is ${"9".repeat(1e6)}: give a number`);
    expect(message.length).toBeLessThan(3100);
    expect(message).toMatch(/^size is 9+ … 9+: give a number$/);
  });
});
