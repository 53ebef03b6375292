import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.join(__dirname, "..");
const [english, chinese] = ["README.md", "README.zh.md"].map((name) =>
  fs.readFileSync(path.join(root, name), "utf8"),
) as [string, string];

const CELL = /^```ts\n(.*?)^```$/gms;
const prose = (text: string) => text.replace(CELL, "");
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, one]) => one!.trim());

/** Of a cell without its comments, which are each language's own. */
const cells = (text: string) => found(text, CELL).map((cell) => cell.replace(/\s*\/\/.*/g, ""));
/** Of indented lines what comes before the explanation. */
const commands = (text: string) => found(text, /^ {4}(\S.*)$/gm).map((line) => line.split(/\s{2,}/)[0]!.trim());
/** Each language links to its own notebooks and to the other's README. */
const links = (text: string) =>
  found(text, /\]\(([^)]+)\)/g)
    .filter((link) => !/^README/.test(link))
    .map((link) => link.replace("notebooks/zh/", "notebooks/"))
    .sort();
const numbers = (text: string) =>
  found(prose(text), /(\d[\d,.]*\d? ?%|± [\d.]+ ?%?|(?<![\d.])\d{1,3}(?:,\d{3})+)/g).sort();
const headings = (text: string) => found(prose(text), /^(#+) /gm);

describe("README.zh.md", () => {
  it.each([
    ["cells", cells],
    ["commands", commands],
    ["links", links],
    ["numbers", numbers],
    ["headings of the same order", headings],
  ])("has the %s of README.md", (_, of) => {
    expect(of(chinese)).toEqual(of(english));
    expect(of(english).length).toBeGreaterThan(5);
  });

  it("names what README.md names", () => {
    const names = (text: string) => new Set(found(prose(text), /`([^`\n]+)`/g));
    expect([...names(english)].filter((name) => !names(chinese).has(name))).toEqual([]);
  });

  it("leads to files that are there", () => {
    const files = found(chinese + english, /\]\(([^)#]+)/g).filter((link) => !/^https?:/.test(link));
    expect(files.filter((file) => !fs.existsSync(path.join(root, file)))).toEqual([]);
  });
});
