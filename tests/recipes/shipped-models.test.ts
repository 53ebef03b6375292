import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { shapes } from "../../src/data/shapes";
import { loadViT } from "../../src/hub/load-vit";
import { useEngine } from "../../src/tensor/node/engine";
import { evaluate } from "../../src/train/evaluate";

const folder = path.join(__dirname, "..", "..", "data", "models");
/** Those that a recipe trained, each with the report of its training. */
const shipped = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, "report.json")));

describe("models that come with the project", () => {
  beforeAll(async () => {
    await useEngine(undefined, { quiet: true });
  });

  it("take less than 9 MB together", () => {
    const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = all.map((file) => statSync(path.join(file.parentPath, file.name)).size);
    expect(shipped).not.toEqual([]);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(9e6);
  });

  it.each(shipped)("%s: opens as the model that its report and its card tell of", async (name) => {
    const report = JSON.parse(readFileSync(path.join(folder, name, "report.json"), "utf8"));
    const { model, classNames, dtype } = await loadViT(path.join(folder, name));
    expect(classNames).toEqual(report.classNames);
    expect(dtype).toBe("F16");
    expect(model.parameterCount().total).toBe(report.parameters);
    expect(report.parameters).toBeLessThanOrEqual(1.5e6);
    const card = readFileSync(path.join(folder, name, "README.md"), "utf8");
    expect(card).toContain(`**${(100 * report.test.accuracy).toFixed(1)} %**`);
    model.dispose();
  });

  it("vit-shapes knows the drawn shapes", async () => {
    const { model } = await loadViT(path.join(folder, "vit-shapes"));
    const { accuracy } = await evaluate(model, shapes({ split: "test", count: 200 }));
    expect(accuracy).toBeGreaterThan(0.98);
    model.dispose();
  });
});
