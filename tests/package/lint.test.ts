// The packed file as two well-known judges of packages see it.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { load } from "../setup/load";

const folder = mkdtempSync(join(tmpdir(), "vitlab-packed-"));
let tarball: Uint8Array;

beforeAll(async () => {
  const { packPackage } = await load("stranger/project.mjs");
  tarball = new Uint8Array(readFileSync(await packPackage(folder)));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("publint has nothing to say", async () => {
  const { publint } = await import("publint");
  const { messages } = await publint({ pack: { tarball: tarball.buffer as ArrayBuffer } });
  expect(messages).toEqual([]);
});

it("types are right by every subpath, in each way that TypeScript finds modules", async () => {
  const { checkPackage, createPackageFromTarballData } = await import("@arethetypeswrong/core");
  const result = await checkPackage(createPackageFromTarballData(tarball));
  expect(result.types).not.toBe(false);
  expect("problems" in result && result.problems).toEqual([]);
  expect(Object.keys("entrypoints" in result ? result.entrypoints : {})).toContain("./kernel");
});

it("source maps lead to sources that are in the package", () => {
  const root = join(__dirname, "..", "..");
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
  expect(files).toContain("src");
  for (const map of ["index.js.map", "vit/model.js.map", "vit/model.d.ts.map", "panels/tweak/tweak.js.map"]) {
    const file = join(root, "dist", map);
    const { sources } = JSON.parse(readFileSync(file, "utf8")) as { sources: string[] };
    for (const source of sources) expect(() => readFileSync(join(file, "..", source))).not.toThrow();
  }
});
