import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const parts = "src/panels/explorer/parts";

/** Every `{ file, code }` that the formulas name. */
const sources = readdirSync(parts).flatMap((name) => {
  const text = readFileSync(`${parts}/${name}`, "utf8");
  const constants = new Map([...text.matchAll(/const (\w+) = "(src\/.*?)";/g)].map(([, id, path]) => [id, path]));
  const written = /file: (\w+|".*?"),\s+code: (".*?"|'.*?'),?\s/g;
  return [...text.matchAll(written)].map(([, file, code]) => ({
    file: file!.startsWith('"') ? file!.slice(1, -1) : (constants.get(file!) as string),
    code: code!.slice(1, -1),
  }));
});

describe("the lines that formulas name", () => {
  it("are all found", () => {
    expect(sources.length).toBeGreaterThanOrEqual(20);
  });

  it.each(sources)("$file has one line $code", ({ file, code }) => {
    const lines = readFileSync(file, "utf8").split("\n");
    expect(lines.filter((line) => line.trim() === code)).toHaveLength(1);
  });
});
