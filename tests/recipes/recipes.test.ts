import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plainText } from "../../src/base/plain-text";
import { needle } from "../../src/data/needle";
import { pickClasses } from "../../src/data/pick-classes";
import { shapes } from "../../src/data/shapes";
import { RECIPES, recipeByName } from "../../src/recipes/by-name";
import { armOf, compareFinetuning, describeComparison } from "../../src/recipes/compare";
import { modelCard } from "../../src/recipes/model-card";
import type { ModelRecipe } from "../../src/recipes/model-recipe";
import { pixelBaseline } from "../../src/recipes/pixel-baseline";
import { recipeData } from "../../src/recipes/recipe-data";
import { recipeModel, recipeOptions } from "../../src/recipes/recipe-run";
import { type RecipeReport, readReport, writeReport } from "../../src/recipes/report";
import { tf } from "../../src/tensor/tf";
import { fit } from "../../src/train/fit";
import { ViT } from "../../src/vit/model";
import { hostileTexts } from "../support/hostile-texts";

function classesOf({ data, without }: ModelRecipe): number {
  return (data === "needle" ? 2 : 10) - without.length;
}

describe("the recipes of the project's own models", () => {
  it("make plain Vision Transformers, under 9 MB together in 16 bits, the largest within 1.5 million parameters", () => {
    let bytes = 0;
    for (const recipe of RECIPES) {
      const model = recipeModel(recipe, classesOf(recipe));
      const { total } = model.parameterCount();
      bytes += 2 * total;
      expect(total, recipe.name).toBeLessThanOrEqual(1_500_000);
      expect(model.config, recipe.name).toMatchObject({
        norm: "pre",
        finalNorm: true,
        activation: "gelu",
        pool: "cls",
        classToken: true,
        positions: "learned",
        qkvBias: true,
        patchOrder: "chw",
      });
      model.dispose();
    }
    expect(bytes).toBeLessThan(8_900_000);
  });

  it("are found by name, and are data alone", () => {
    expect(RECIPES.map(({ name }) => name)).toEqual([
      "vit-cifar10",
      "vit-cifar10-b",
      "vit-cifar10-quick",
      "vit-cifar8",
      "vit-shapes",
      "vit-needle",
    ]);
    for (const recipe of RECIPES) {
      expect(recipeByName(recipe.name)).toBe(recipe);
      expect(JSON.parse(JSON.stringify(recipe))).toEqual(recipe);
    }
    expect(() => recipeByName("vit-cifar100")).toThrow(
      "there is no recipe vit-cifar100: give one of vit-cifar10, vit-cifar10-b, vit-cifar10-quick, vit-cifar8, vit-shapes, vit-needle",
    );
  });

  it("leave classes out of all three parts of the data", async () => {
    const { train, validation, test } = await recipeData({ data: "shapes-v2", without: ["cat", "dog"] });
    for (const part of [train, validation, test]) {
      expect(part.classNames.length).toBe(8);
      expect(part.classNames).not.toContain("cat");
      expect(new Set(part.labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    }
    expect([train.length, validation.length, test.length]).toEqual([8000, 1600, 1600]);
  });

  it("draw the version that they name, and as many training images as they say", async () => {
    const first = await recipeData({ data: "shapes-v1", drawn: 20, without: [] });
    expect(first.train.images).toEqual(shapes({ count: 20, version: 1 }).images);
    expect(first.test.length).toBe(2000);
    const { train, validation } = await recipeData({ data: "needle", without: [] });
    expect([train.name, train.length, validation.length]).toEqual(["needle", 10_000, 2_000]);
  });

  it("train: a step of each on a few images", async () => {
    for (const recipe of RECIPES) {
      const short = { ...recipe, epochs: 1, batchSize: 10 };
      const draw = recipe.data === "needle" ? needle : shapes;
      const parts = { train: draw({ count: 10 }), validation: draw({ count: 10, split: "validation" }) };
      const { length } = parts.train.classNames;
      const model = recipeModel(short, length);
      const { history } = await fit(model, { ...recipeOptions(short, parts), timing: false });
      expect(history[0]?.trainLoss, recipe.name).toBeGreaterThan(0.85 * Math.log(length));
      expect(history[0]?.trainLoss, recipe.name).toBeLessThan(1.3 * Math.log(length));
      model.dispose();
    }
  });
});

describe("a linear classifier on pixels", () => {
  it("learns something, and less than all", async () => {
    const data = {
      train: shapes({ count: 500 }),
      validation: shapes({ count: 50, split: "validation" }),
      test: shapes({ count: 200, split: "test" }),
    };
    const { testAccuracy } = await pixelBaseline(data, { epochs: 5 });
    expect(testAccuracy).toBeGreaterThan(0.12);
    expect(testAccuracy).toBeLessThan(0.7);
  });
});

const report: RecipeReport = {
  format: "vitlab-report/2",
  recipe: recipeByName("vit-cifar8"),
  classNames: ["airplane", "bird"],
  images: { train: 36_000, validation: 4_000, test: 8_000 },
  parameters: 455_000,
  engine: "native",
  curve: Array.from({ length: 30 }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 2 - i / 20,
    validationLoss: 1.5,
    validationAccuracy: 0.5 + i / 100,
    seconds: 60,
  })),
  seconds: 1800,
  test: {
    accuracy: 0.7654,
    loss: 0.712,
    perClass: [
      { className: "airplane", accuracy: 0.8 },
      { className: "bird", accuracy: 0.7308 },
    ],
  },
  baselines: null,
};

describe("a report and its model card", () => {
  it("is written and read back, and a folder without one is named", async () => {
    const dir = mkdtempSync(join(tmpdir(), "vitlab-report-"));
    await expect(readReport(dir)).rejects.toThrow(
      `${dir} has no report.json: train the model with vitlab models train`,
    );
    await writeReport(dir, report);
    expect(await readReport(dir)).toEqual(report);
    rmSync(dir, { recursive: true });
  });

  it("is read as it was written at first, in the order of its classes", async () => {
    const dir = mkdtempSync(join(tmpdir(), "vitlab-report-"));
    const classNames = ["10", "2"];
    const first = {
      ...report,
      format: "vitlab-report/1",
      classNames,
      test: { ...report.test, perClass: { 10: 0.8, 2: 0.7 } },
    };
    writeFileSync(join(dir, "report.json"), JSON.stringify(first));
    const read = await readReport(dir);
    expect([read.format, read.test.perClass]).toEqual([
      "vitlab-report/2",
      [
        { className: "10", accuracy: 0.8 },
        { className: "2", accuracy: 0.7 },
      ],
    ]);
    expect(modelCard(read)).toContain("By class: 10 80.0 %, 2 70.0 %.");
    rmSync(dir, { recursive: true });
  });

  it("of the first shapes names their version, and one of data that there are not is refused", async () => {
    const dir = mkdtempSync(join(tmpdir(), "vitlab-report-"));
    const write = (data: unknown) =>
      writeFileSync(join(dir, "report.json"), JSON.stringify({ ...report, recipe: { ...report.recipe, data } }));
    write("shapes");
    const read = await readReport(dir);
    expect(read.recipe.data).toBe("shapes-v1");
    expect(modelCard(read)).toContain("of the drawn data set *shapes*, version 1");
    write("imagenet");
    await expect(readReport(dir)).rejects.toThrow(
      `report.json: recipe.data is "imagenet"; expected cifar10 or shapes-v1, shapes-v2, needle: restore the file`,
    );
    rmSync(dir, { recursive: true });
  });

  it("tells accuracy, baselines, recipe, curve, seed, time, licence and limits", () => {
    const baselines = {
      chance: 0.125,
      linearOnPixels: { epochs: 10, testAccuracy: 0.44, validationAccuracy: 0.43, seconds: 60 },
      articleModel: { epochs: 5, parameters: 278_952, testAccuracy: 0.55, seconds: 300 },
    };
    const card = modelCard({ ...report, baselines });
    expect(card.startsWith("---\nlicense: mit\n")).toBe(true);
    for (const text of [
      "value: 0.7654",
      "| **vit-cifar8**, 455,000 parameters | **76.5 %** |",
      "| the article's SimpleViT, 278,952 parameters, 5 epochs of its recipe | 55.0 % |",
      "| a linear classifier on pixels, 10 epochs | 44.0 % |",
      "| guessing | 12.5 % |",
      "CIFAR-10 without cat and dog",
      "npx vitlab models train vit-cifar8",
      "| 30 | 0.550 | 1.500 | 79.0 % |",
      "time: 30 min on engine native; seed 0",
      "Licence: MIT",
    ])
      expect(card).toContain(text);
    expect(card).not.toMatch(/undefined|NaN/);
    expect(modelCard(report)).not.toContain("guessing");
  });

  it("says names of others as they are written, without markup, links or lines of theirs", () => {
    const classNames = hostileTexts.filter((text) => text !== "");
    const perClass = classNames.map((className) => ({ className, accuracy: 0.5 }));
    const without = ["<b>cat</b>: x\n- license: none"];
    const card = modelCard({
      ...{ ...report, classNames, engine: "native](https://evil.example)" },
      recipe: { ...report.recipe, summary: "# ![x](https://evil.example/x.png)", without },
      test: { ...report.test, perClass },
    });
    const usual = modelCard({ ...report, recipe: { ...report.recipe, without: ["cat"] } });
    expect(card.split("\n")).toHaveLength(usual.split("\n").length);
    // What is left beside code is the card's own.
    const prose = card.replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
    expect(prose).not.toMatch(/evil|<[a-z/]|\[.*\]\(|www\./i);
    expect(card).not.toMatch(/(?!\n)\p{Cc}/u);
    for (const name of classNames) expect(card).toContain(plainText(name));
    expect(card).toContain('      name: "CIFAR-10 without `<b>cat</b>: x␊- license: none`"\n');
  });

  it("speaks of one epoch of warm-up, and of smoothed targets only where there are such", () => {
    const card = modelCard({ ...report, recipe: recipeByName("vit-needle") });
    expect(card).toContain("after 1 epoch of warm-up");
    expect(card).toContain("(of augmented images)");
    expect(card).toContain("images of the drawn data set *needle*;");
    expect(modelCard(report)).toContain("(of augmented images with smoothed targets)");
  });

  it("tells the starting weights, what was chosen by validation, and every setting that isn't the recipe's", () => {
    const recipe = recipeByName("vit-cifar10");
    const other = {
      ...recipe,
      epochs: 5,
      seed: 3,
      optimizer: "adamw" as const,
      learningRate: 1e-3,
      model: { ...recipe.model, initialization: "vit" as const },
    };
    const [usual, changed] = [recipe, other].map((recipe) => modelCard({ ...report, recipe }));
    expect(usual).toContain("    npx vitlab models train vit-cifar10\n");
    expect(usual).toContain("- starting weights: mimetic:");
    expect(usual).toContain("- Muon for the matrices of the blocks");
    expect(changed).toContain("- AdamW, learning rate 0.001");
    expect(usual).toContain("were chosen by the validation images");
    expect(changed).toContain(
      "    npx vitlab models train vit-cifar10 --epochs 5 --seed 3 --initialization vit --optimizer adamw --learning-rate 0.001\n",
    );
    expect(changed).toContain("- starting weights: truncated normal of deviation 0.02\n");
  });
});

describe("the comparison", () => {
  it("trains both ways on the same images with each seed, and leaves the model and no tensor behind", async () => {
    const classes = ["cat", "dog"];
    const model = new ViT({ imageSize: 16, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 8 });
    const [before, tensors] = [model.stateDict(), tf.memory().numTensors];
    const titles: string[] = [];
    const comparison = await compareFinetuning(model, {
      train: pickClasses(shapes({ count: 100, size: 16 }), classes),
      test: pickClasses(shapes({ count: 100, size: 16, split: "test" }), classes),
      seeds: [0, 1],
      epochs: 1,
      follow: async (run, title) => {
        titles.push(title);
        return await run;
      },
    });
    expect(titles).toEqual([
      "fine-tuned, seed 0",
      "from scratch, seed 0",
      "fine-tuned, seed 1",
      "from scratch, seed 1",
    ]);
    expect(comparison).toMatchObject({ classes, images: 20, testImages: 20, seeds: [0, 1] });
    for (const arm of [comparison?.finetuned, comparison?.fromScratch])
      for (const accuracy of arm?.accuracies ?? []) expect(20 * accuracy).toBeCloseTo(Math.round(20 * accuracy), 9);
    expect(model.stateDict()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  });

  it("gives mean, spread and gain in points", () => {
    const [finetuned, fromScratch] = [armOf([0.7, 0.72, 0.74]), armOf([0.6, 0.6, 0.6])];
    expect(finetuned.mean).toBeCloseTo(0.72, 10);
    expect(finetuned.spread).toBeCloseTo(0.02, 10);
    const comparison = { classes: ["cat", "dog"], images: 1000, testImages: 2000, seeds: [0, 1, 2], epochs: 30 };
    expect(
      describeComparison({ ...comparison, finetuned, fromScratch, gain: 12 })
        .split("\n")
        .slice(1),
    ).toEqual([
      "fine-tuned    72.0 % ± 2.0  (70.0, 72.0, 74.0)",
      "from scratch  60.0 % ± 0.0  (60.0, 60.0, 60.0)",
      "fine-tuning gains 12.0 points",
    ]);
  });
});
