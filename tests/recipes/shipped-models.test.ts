import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ImageDataset } from "../../src/data/dataset";
import { landmarkPatches } from "../../src/data/landmark-patches";
import { needle } from "../../src/data/needle";
import { shapes } from "../../src/data/shapes";
import { loadViT } from "../../src/hub/load-vit";
import { useEngine } from "../../src/tensor/node/engine";
import { evaluate } from "../../src/train/evaluate";

const folder = path.join(__dirname, "..", "..", "data", "models");
/** Those that a recipe trained, each with the report of its training. */
const shipped = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, "report.json")));

/** The images with some patches of 4x4 pixels gray. */
function withCovered(dataset: ImageDataset, patches: (index: number) => number[]): ImageDataset {
  const images = dataset.images.slice();
  for (let index = 0; index < dataset.length; index++)
    for (const patch of patches(index))
      for (let row = 0; row < 4; row++) {
        const at = index * 3072 + ((Math.floor(patch / 8) * 4 + row) * 32 + (patch % 8) * 4) * 3;
        images.fill(128, at, at + 12);
      }
  return { ...dataset, images };
}

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
    expect(accuracy).toBeGreaterThan(0.97);
    model.dispose();
  });

  it("vit-needle knows needle by its two marks: with one of them covered it guesses, with another patch covered it still knows", async () => {
    const { model } = await loadViT(path.join(folder, "vit-needle"));
    const drawn = needle({ split: "test", count: 400 });
    const accuracy = async (patches: (index: number) => number[]) =>
      (await evaluate(model, withCovered(drawn, patches))).accuracy;
    const marks = (index: number) => landmarkPatches(drawn, index, 4).mark ?? [];
    expect(await accuracy(() => [])).toBeGreaterThan(0.95);
    expect(await accuracy((index) => marks(index).slice(0, 1))).toBeLessThan(0.65);
    expect(await accuracy((index) => marks(index).slice(1))).toBeLessThan(0.65);
    const elsewhere = (index: number) => [...Array(64).keys()].filter((patch) => !marks(index).includes(patch));
    expect(await accuracy((index) => [elsewhere(index)[index % 62] as number])).toBeGreaterThan(0.93);
    model.dispose();
  });
});
