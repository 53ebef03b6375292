import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { jsonLines, vitlab, workFolder } from "../vitlab";

const folder = workFolder();
const run = (line: string) => vitlab(folder, line.split(" "));
const FILES = ["config.json", "model.safetensors", "training.safetensors"];

/** A model that knows four classes of things, for the animals to come. */
const base = run(
  "train --config micro.json --data shapes --train-count 100 --validation 20 --epochs 1 --ema 0.9 --cutmix 1 " +
    "--augment flip,trivial=0.5 --drop-path 0.1 --optimizer adamw --decay matrices --out base",
);
const few = "--data shapes --classes cat,dog --train-count 40 --validation 50";

describe("vitlab finetune", () => {
  it("gives the model a new head where the classes are others, says so, and saves the result", async () => {
    expect((await base).code).toBe(0);
    const { code, stdout, stderr } = await run(`finetune base ${few} --epochs 2 --batch-size 20 --json`);
    expect(code).toBe(0);
    expect(stderr).toContain("a new head of 2 classes (cat, dog) replaces that of 10 (airplane, automobile,");
    const lines = jsonLines(stdout);
    expect(lines.length).toBe(3);
    expect(lines[2]).toMatchObject({ testAccuracy: expect.any(Number), testImages: 400, epochs: 2 });
    expect(readdirSync(join(folder, "base-finetuned")).sort()).toEqual(FILES);
    const { model, classNames, about } = JSON.parse(
      readFileSync(join(folder, "base-finetuned", "config.json"), "utf8"),
    );
    expect(model).toMatchObject({ classes: 2, dropPath: 0.1 });
    expect(classNames).toEqual(["cat", "dog"]);
    expect(about).toMatchObject({ data: "shapes-v2", classes: ["cat", "dog"], finetunedFrom: "base" });
    const evaluated = await run("evaluate base-finetuned --json");
    expect(evaluated.stderr).toContain("only the images of cat, dog");
    expect(JSON.parse(evaluated.stdout).testAccuracy).toBe(lines[2]?.testAccuracy);
    const fewer = JSON.parse((await run("evaluate base-finetuned --count 60 --json")).stdout);
    expect(fewer).toMatchObject({ images: 60, majorityAccuracy: 0.5 });
    expect(fewer.perClass).toEqual(
      ["cat", "dog"].map((className) => ({ className, count: 30, accuracy: expect.any(Number) })),
    );
    expect(fewer.confusion.map((row: number[]) => row.reduce((sum, n) => sum + n))).toEqual([30, 30]);
  });

  it("keeps the head for the same classes, and freezes what is named", async () => {
    await base;
    const line = `finetune base --data shapes --train-count 40 --recipe article --epochs 1 --freeze embeddings.* --out same`;
    const { code, stdout } = await run(line);
    expect(code).toBe(0);
    expect(stdout).toContain("the head stays: the model knows these 10 classes already");
    expect(stdout).toContain("3 steps");
    const resumed = await run("finetune --out same --resume");
    expect(resumed.stdout).toContain("the run in same is finished: nothing left to train");
    expect(resumed.stdout.split("\n").at(-2)).toBe(stdout.split("\n").at(-2));
    const other = await run("finetune --out same --resume --freeze head.*");
    expect(other.stderr).toContain("the run in same can't be resumed with other settings: rates.");
  });

  it("probes: trains the head alone, on features computed once", async () => {
    await base;
    const { code, stdout } = await run(`finetune base ${few} --probe --epochs 5 --test-count 100 --out probed`);
    expect(code).toBe(0);
    expect(stdout).toContain("linear probe: training loss");
    expect(stdout).toMatch(/test accuracy \d+\.\d % \(\d+ of 100; guessing gets 50\.0 %\)/);
    expect(readdirSync(join(folder, "probed")).sort()).toEqual(FILES.slice(0, 2));
  });

  it.each<[string, string]>([
    ["has no class wolf: its classes are airplane,", `finetune base --data shapes --classes cat,wolf --out wrong`],
    ["there is no folder nowhere", `finetune nowhere ${few} --out wrong`],
    ['freeze "heads.*" is the name of no parameter', `finetune base ${few} --freeze heads.* --out wrong`],
    ["--data is missing: give cifar10, shapes, shapes-v1, needle, or folder:PATH", "finetune base"],
    ["the model is missing: give its folder, or a run that is to go on (--out FOLDER --resume)", "finetune"],
  ])("says what is wrong in one sentence: %s", async (message, line) => {
    await base;
    const { code, stderr } = await run(line);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(existsSync(join(folder, "wrong"))).toBe(false);
  });
});

describe("vitlab models", () => {
  it("trains a recipe, reports, trains the baselines, and writes the model card", async () => {
    const line = "models train vit-needle --train-count 64 --epochs 1 --out needle-model --json";
    const { code, stdout } = await run(line);
    expect(code).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({ epoch: 1, validationAccuracy: expect.any(Number) });
    const report = JSON.parse(readFileSync(join(folder, "needle-model", "report.json"), "utf8"));
    expect(report).toMatchObject({ format: "vitlab-report/2", images: { train: 64 }, recipe: { seed: 0, epochs: 1 } });
    expect(report.curve.length).toBe(1);
    expect(report.baselines).toMatchObject({ chance: 0.5, articleModel: { epochs: 5 } });
    expect((await run("models card needle-model")).stdout).toContain("wrote needle-model/README.md");
    expect(readFileSync(join(folder, "needle-model", "README.md"), "utf8")).toContain("# vit-needle");
    expect((await run("models card needle-model --out elsewhere")).code).toBe(0);
    expect(readdirSync(join(folder, "elsewhere")).sort()).toEqual(["README.md", "report.json"]);
    const evaluated = JSON.parse((await run("evaluate needle-model --json")).stdout);
    expect(evaluated.testAccuracy).toBe(report.test.accuracy);
    // Two models and thousands of images: half a minute of a processor that other tests use as well.
  }, 240_000);

  it("names its recipes", async () => {
    const { code, stderr } = await run("models train vit-large");
    expect(code).toBe(1);
    expect(stderr).toContain(
      "there is no recipe vit-large: give one of vit-cifar10, vit-cifar10-b, vit-cifar10-quick, vit-cifar8, vit-shapes, vit-needle",
    );
  });
});
