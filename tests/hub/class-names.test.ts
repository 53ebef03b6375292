import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadViT } from "../../src/hub/load-vit";
import { saveViT } from "../../src/hub/save-vit";
import { useEngine } from "../../src/tensor/node/engine";
import { ViT } from "../../src/vit/model";

const work = mkdtempSync(join(tmpdir(), "vitlab-class-names-"));
let model: ViT;
beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  model = new ViT({ imageSize: 8, patchSize: 4, dim: 12, depth: 1, heads: 3, mlpDim: 16, classes: 4 });
});
afterAll(() => {
  model.dispose();
  rmSync(work, { recursive: true, force: true });
});

async function labelsOf(dir: string): Promise<readonly string[]> {
  const loaded = await loadViT(dir, { say: () => {} });
  loaded.model.dispose();
  return loaded.classNames;
}

describe("class names in Hugging Face's format", () => {
  it.each<[string, string[]]>([
    ["that are whole numbers", ["0", "10", "180", "2"]],
    ["that JavaScript has a meaning for", ["__proto__", "constructor", "toString", "length"]],
    ["of which two are the same, as ImageNet's cranes", ["crane", "dog", "crane", "maillot"]],
  ])("%s keep their order there and back", async (_, labels) => {
    const dir = join(work, labels.join("-"));
    await saveViT(model, dir, { classNames: labels });
    expect(await labelsOf(dir)).toEqual(labels);
    const { id2label, label2id } = JSON.parse(readFileSync(join(dir, "config.json"), "utf8"));
    for (const [id, label] of labels.entries()) expect([id2label[id], labels[label2id[label]]]).toEqual([label, label]);
  });

  it("are read from label2id alone by their numbers, not in the order of its keys", async () => {
    const dir = join(work, "label2id");
    await saveViT(model, dir);
    const file = join(dir, "config.json");
    const { id2label: _, ...config } = JSON.parse(readFileSync(file, "utf8"));
    const label2id = '{"2": 3, "10": 1, "__proto__": 0, "180": 2}';
    writeFileSync(file, JSON.stringify({ ...config, label2id: 0 }).replace('"label2id":0', `"label2id":${label2id}`));
    expect(await labelsOf(dir)).toEqual(["__proto__", "10", "180", "2"]);
  });

  it("are refused where label2id calls one class by two names", async () => {
    const dir = join(work, "two-names");
    await saveViT(model, dir);
    const file = join(dir, "config.json");
    const { id2label: _, ...config } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...config, label2id: { a: 1, b: 1 } }));
    await expect(labelsOf(dir)).rejects.toThrow("label2id does not name classes 0, 1, 2, … one after the other");
  });

  it("that are fewer than the classes are refused", async () => {
    await expect(saveViT(model, join(work, "few"), { classNames: ["a", "b"] })).rejects.toThrow(
      "classNames names 2 classes, and the model has 4: give one for each",
    );
    const dir = join(work, "four");
    await saveViT(model, dir, { classNames: ["a", "b", "c", "d"] });
    await expect(loadViT(dir, { classes: 4, classNames: ["a", "b"] })).rejects.toThrow(
      "classes is 4, and classNames names 2: leave classes out",
    );
    const config = JSON.parse(readFileSync(join(dir, "config.json"), "utf8"));
    writeFileSync(join(dir, "config.json"), JSON.stringify({ ...config, id2label: { 0: "a", 1: "b" } }));
    await expect(loadViT(dir)).rejects.toThrow("tensor classifier.weight has 4 classes and config.json names 2");
  });
});
