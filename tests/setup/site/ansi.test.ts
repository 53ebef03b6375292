import { describe, expect, test } from "vitest";
import { load } from "../load";

const ESC = "\u001b";

async function shown(text: string): Promise<string> {
  const { ansiToHtml } = await load("site/ansi.mjs");
  return ansiToHtml(text);
}

describe("what a program printed", () => {
  test("keeps its colors as classes, and ends them where it did", async () => {
    expect(await shown(`${ESC}[31mred${ESC}[39m and ${ESC}[1;34mbold${ESC}[0m.`)).toBe(
      '<span class="ansi-color-1">red</span> and <span class="ansi-bold ansi-color-4">bold</span>.',
    );
    expect(await shown(`${ESC}[97mlight${ESC}[m ${ESC}[41mon red`)).toBe(
      '<span class="ansi-color-15">light</span> <span class="ansi-ground-1">on red</span>',
    );
  });

  test("knows 256 colors and those of red, green and blue", async () => {
    expect(await shown(`${ESC}[38;5;9ma${ESC}[38;5;196mb${ESC}[38;5;244mc${ESC}[38;2;1;2;3md`)).toBe(
      [
        '<span class="ansi-color-9">a</span>',
        '<span style="color:rgb(255 0 0)">b</span>',
        '<span style="color:rgb(128 128 128)">c</span>',
        '<span style="color:rgb(1 2 3)">d</span>',
      ].join(""),
    );
  });

  test("shows a line that was written over as it ended", async () => {
    expect(await shown("10 %\r50 %\r100 %\r\nabx\b\bc\n")).toBe("100 %\nac\n");
  });

  test("leaves out what else a terminal is told", async () => {
    expect(await shown(`${ESC}[2K${ESC}]0;title\u0007a${ESC}]8;;http://x${ESC}\\link${ESC}[1A`)).toBe("alink");
  });

  test("is text, whatever it contains", async () => {
    expect(await shown('<b>&"')).toBe("&#60;b&#62;&#38;&#34;");
  });
});
