import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { saveViT } from "../../src/hub/save-vit";
import { loadModel } from "../../src/recipes/load-model";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { ViT } from "../../src/vit/model";

const work = mkdtempSync(join(tmpdir(), "vitlab-load-model-"));
const classNames = ["ant", "bee", "cow"];
const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 3 };

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  const model = new ViT(config, { seed: 1 });
  await saveViT(model, join(work, "hub"), { classNames, dtype: "F16" });
  await saveCheckpoint(join(work, "checkpoint"), model, { classNames, about: { data: "shapes" } });
  await saveCheckpoint(join(work, "nameless"), model);
  model.dispose();
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("loadModel", () => {
  it("opens a folder in Hugging Face's format", async () => {
    const { model, imageProcessor, ...rest } = await loadModel(join(work, "hub"));
    expect(rest).toMatchObject({ classNames, named: true, newHead: false, imageSize: [8, 8], dtype: "F16", about: {} });
    expect(imageProcessor?.().channels).toBe(3);
    model.dispose();
  });

  it("opens what training wrote", async () => {
    const { model, ...rest } = await loadModel(join(work, "checkpoint"));
    expect(rest).toEqual({
      folder: join(work, "checkpoint"),
      classNames,
      named: true,
      newHead: false,
      imageSize: [8, 8],
      dtype: "F32",
      about: { data: "shapes" },
    });
    model.dispose();
  });

  it("numbers classes that nothing names", async () => {
    const loaded = await loadModel(join(work, "nameless"));
    expect(loaded).toMatchObject({ classNames: ["LABEL_0", "LABEL_1", "LABEL_2"], named: false });
    loaded.model.dispose();
  });

  it("knows of a recipe's model what it was trained on, by its report", async () => {
    const { model, about } = await loadModel("vit-needle");
    expect(about).toEqual({ data: "needle" });
    model.dispose();
  });

  it("opens a model beside a report of something else", async () => {
    writeFileSync(join(work, "hub", "report.json"), "<html>");
    const { model, about } = await loadModel(join(work, "hub"));
    expect(about).toEqual({});
    model.dispose();
    rmSync(join(work, "hub", "report.json"));
  });

  it.each(["vit-shapes", "article-shapes"])("opens %s, which comes along, by its name", async (name) => {
    const { model, classNames } = await loadModel(name);
    expect([classNames.length, classNames[3]]).toEqual([10, "cat"]);
    model.dispose();
  });

  it("takes a folder that is here before a model of the same name", async () => {
    const before = process.cwd();
    const model = new ViT(config, { seed: 1 });
    await saveCheckpoint(join(work, "vit-shapes"), model, { classNames });
    model.dispose();
    try {
      process.chdir(work);
      const loaded = await loadModel("vit-shapes");
      expect(loaded.classNames).toEqual(classNames);
      loaded.model.dispose();
    } finally {
      process.chdir(before);
    }
  });

  it.each<[string, unknown]>([
    ["there is no folder vit-shape: ", "vit-shape"],
    [`${work} has no config.json: `, work],
    ["loadModel got an object for a model: ", {}],
  ])("refuses with the three kinds: %s", async (start, name) => {
    const tensors = tf.memory().numTensors;
    await expect(loadModel(name as string)).rejects.toThrow(
      new VitlabError(
        `${start}give a folder that training wrote or one in Hugging Face's format, "owner/name" of a model on the Hugging Face hub, ` +
          "or one that comes with vitlab (article-shapes, vit-cifar10, vit-cifar10-b, vit-cifar8, vit-needle, vit-shapes)",
      ),
    );
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
