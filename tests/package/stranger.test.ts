// A project of somebody else's, in an empty folder, with the packed package; `npm run test:nodes -- --parts package` makes
// the same one with npm from the network, on each Node.js.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadNative } from "../../src/tensor/node/load-native";
import { load } from "../setup/load";

const { packPackage, installFromHere, removeProject } = await load("stranger/project.mjs");
const { size, types, modules, predicts, engine } = await load("stranger/checks.mjs");

describe("in a stranger's project", () => {
  const project = { folder: mkdtempSync(join(tmpdir(), "vitlab-stranger-")), node: process.execPath };
  beforeAll(async () => {
    const packed = await packPackage(project.folder);
    await installFromHere(project.folder, packed);
  }, 120_000);
  afterAll(() => removeProject(project.folder), 60_000);

  it("the install takes at most 200 MB", async () => {
    console.log(`an install takes ${await size(project)}`);
  });

  it("types hold in strict mode, the library's own checked, however TypeScript finds modules", async () => {
    expect(await types(project)).toContain("bundler");
  });

  it("import and require give the same, by every subpath", async () => {
    expect(await modules(project)).toBe("4.22.0");
  });

  it("a shipped model names the cat, and a figure becomes an SVG", async () => {
    expect(await predicts(project)).toMatch(/^cat 0\.\d\d$/);
  });
});

describe.runIf("version" in loadNative())("in a stranger's project with tfjs-node", () => {
  const project = { folder: mkdtempSync(join(tmpdir(), "vitlab-stranger-")), node: process.execPath };
  beforeAll(async () => {
    await installFromHere(project.folder, await packPackage(project.folder), ["@tensorflow/tfjs-node"]);
  }, 120_000);
  afterAll(() => removeProject(project.folder), 60_000);

  it("`vitlab setup` brings the native engine and our operations", async () => {
    expect(await engine(project)).toMatch(/^TensorFlow \d/);
    expect(await predicts(project)).toMatch(/^cat 0\.\d\d$/);
  });
});
