import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { load } from "../load";
import { write } from "./notebook";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-site-"));
  write(folder, "src/nn/attention.ts", "export {};");
  write(folder, "data/models/tiny/README.md", "# tiny");
  write(folder, "data/weights.bin", "…");
  write(folder, "docs/a picture.png", "…");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function links() {
  const { Links } = await load("site/links.mjs");
  return new Links(
    folder,
    new Map([
      ["notebooks/zh/02-a.ipynb", "zh/02-a.html"],
      ["notebooks/02-a.ipynb", "02-a.html"],
    ]),
  );
}

const here = { from: "notebooks/zh/03-b.ipynb", page: "zh/03-b.html" };

test("links between notebooks lead to their pages", async () => {
  const all = await links();
  expect(all.resolve("02-a.ipynb#Cost", here)).toBe("02-a.html#Cost");
  expect(all.resolve("../02-a.ipynb", here)).toBe("../02-a.html");
  expect(all.resolve("#Cost", here)).toBe("#Cost");
});

test("links to texts of the project lead to pages of their own, which are then known", async () => {
  const all = await links();
  expect(all.resolve("../../src/nn/attention.ts", { ...here, known: true })).toBeUndefined();
  expect(all.resolve("../../src/nn/attention.ts#L3", here)).toBe("../source/src/nn/attention.ts.html#L3");
  expect(all.resolve("../../src/nn/attention.ts", { ...here, known: true })).toBeDefined();
  expect(all.resolve("../../data/models/tiny/", here)).toBe("../source/data/models/tiny/README.md.html");
  expect([...all.sources.keys()]).toEqual(["src/nn/attention.ts", "data/models/tiny/README.md"]);
});

test("links lead nowhere where there is nothing to read", async () => {
  const all = await links();
  for (const href of [
    "../../data/weights.bin",
    "../../gone.ts",
    "../../../elsewhere.md",
    "../../src",
    "javascript:alert(1)",
  ])
    expect(all.resolve(href, here)).toBeUndefined();
  expect(all.resolve("https://arxiv.org/abs/2010.11929", here)).toBe("https://arxiv.org/abs/2010.11929");
});

test("pictures of the project are found", async () => {
  const all = await links();
  expect(all.picture("../../docs/a%20picture.png", here)).toMatchObject({ mime: "image/png" });
  expect(all.picture("../../docs/gone.png", here)).toBeUndefined();
  expect(all.picture("../../src/nn/attention.ts", here)).toBeUndefined();
});
