// A project of somebody else's, in an empty folder, with the packed package; `npm run test:nodes -- --parts package` makes
// the same one with npm from the network, on each Node.js.

import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadNative } from "../../src/tensor/node/load-native";
import { load } from "../setup/load";

const projects = load("stranger/project.mjs");
const checks = load("stranger/checks.mjs");

/** Makes a project; it has these peers of vitlab as well. */
async function makeProject(folder: string, also: readonly string[] = []): Promise<void> {
  const { packPackage, installFromHere } = await projects;
  await installFromHere(folder, await packPackage(folder), also);
}

describe("in a stranger's project", () => {
  const project = { folder: mkdtempSync(join(tmpdir(), "vitlab-stranger-")), node: process.execPath };
  beforeAll(() => makeProject(project.folder), 120_000);
  afterAll(async () => (await projects).removeProject(project.folder), 60_000);

  it("the install takes at most 200 MB", async () => {
    console.log(`an install takes ${await (await checks).size(project)}`);
  });

  it("types hold in strict mode, the library's own checked, however TypeScript finds modules", async () => {
    expect(await (await checks).types(project)).toContain("bundler");
  }, 240_000);

  it("import and require give the same, by every subpath", async () => {
    expect(await (await checks).modules(project)).toBe("4.22.0");
  });

  it("data sets are downloaded into the project, not into the package", async () => {
    const { folder } = project;
    expect(await (await checks).dataFolder(project)).toBe(join(realpathSync(folder), "data"));
  });

  it("a shipped model names the cat, and a figure becomes an SVG", async () => {
    expect(await (await checks).predicts(project)).toMatch(/^cat 0\.\d\d$/);
  });
});

describe.runIf("version" in loadNative())("in a stranger's project with tfjs-node", () => {
  const project = { folder: mkdtempSync(join(tmpdir(), "vitlab-stranger-")), node: process.execPath };
  beforeAll(() => makeProject(project.folder, ["@tensorflow/tfjs-node"]), 120_000);
  afterAll(async () => (await projects).removeProject(project.folder), 60_000);

  it("`vitlab setup` brings the native engine and our operations", async () => {
    expect(await (await checks).engine(project)).toMatch(/^TensorFlow \d/);
    expect(await (await checks).predicts(project)).toMatch(/^cat 0\.\d\d$/);
  });
});
