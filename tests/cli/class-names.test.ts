import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { imageAt } from "../../src/data/dataset";
import { encodePng } from "../../src/data/image-file";
import { shapes } from "../../src/data/shapes";
import { saveViT } from "../../src/hub/save-vit";
import { useEngine } from "../../src/tensor/node/engine";
import { saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { ViT } from "../../src/vit/model";
import { vitlab, workFolder } from "./vitlab";

const work = workFolder();
const run = (line: string) => vitlab(work, [...line.split(" "), "--engine", "cpu"]);
/** As folders sort, and not as JavaScript does: 0, 2, 10, 180. */
const NUMBERS = ["0", "10", "180", "2"];
const drawn = shapes({ count: 40, size: 16, seed: 1 });

/** A folder of pictures, so many of each class. */
async function pictures(name: string, counts: Readonly<Record<string, number>>): Promise<void> {
  let next = 0;
  for (const [className, count] of Object.entries(counts)) {
    mkdirSync(join(work, name, className), { recursive: true });
    for (let i = 0; i < count; i++)
      writeFileSync(join(work, name, className, `${i}.png`), await encodePng(imageAt(drawn, next++)));
  }
}

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  const small = { imageSize: 16, patchSize: 4, dim: 16, depth: 1, heads: 2, mlpDim: 32 };
  const four = new ViT({ ...small, classes: 4 }, { seed: 3 });
  await saveCheckpoint(join(work, "four"), four, { classNames: NUMBERS });
  await saveViT(four, join(work, "four-hub"), { classNames: NUMBERS });
  four.dispose();
  const three = new ViT({ ...small, classes: 3 }, { seed: 3 });
  await saveViT(three, join(work, "unnamed"));
  await saveViT(three, join(work, "animals"), { classNames: ["cat", "dog", "cow"] });
  three.dispose();
  const many = new ViT({ ...small, classes: 10_000 }, { seed: 3 });
  await saveCheckpoint(join(work, "many"), many, { classNames: Array.from({ length: 10_000 }, (_, i) => String(i)) });
  many.dispose();
  await pictures("numbers", { 0: 3, 10: 2, 180: 2, 2: 3 });
  await pictures("some", { 180: 2, 2: 1 });
  await pictures("one", { 180: 8 });
  await pictures("pair", { c1: 2, c3: 2 });
  await pictures("default-names", { LABEL_0: 2, LABEL_2: 1 });
  await pictures("letters", { a: 1, b: 2, c: 3 });
  await pictures("animals-and-more", { cat: 2, dog: 1, zebra: 1 });
  await pictures("lopsided", { 0: 12, 10: 1, 180: 1 });
});

describe("classes whose names are whole numbers", () => {
  it.each(["four", "four-hub"])("keep their order in predict --json: %s", async (model) => {
    const { code, stdout } = await run(`predict ${model} numbers/180/0.png --json`);
    expect(code).toBe(0);
    const [{ className, classNames, probability, probabilities, class: best }] = JSON.parse(stdout).predictions;
    expect(classNames).toEqual(NUMBERS);
    expect(probabilities.length).toBe(4);
    expect(probability).toBe(Math.max(...probabilities));
    expect([probabilities[best], classNames[best]]).toEqual([probability, className]);
  });

  it("keep it in evaluate --json, from whatever folder the numbers are taken", async () => {
    const { code, stdout } = await run("evaluate four --data numbers --split all --json");
    expect(code).toBe(0);
    const { perClass, confusion } = JSON.parse(stdout);
    expect(perClass.map(({ className, count }: { className: string; count: number }) => [className, count])).toEqual([
      ["0", 3],
      ["10", 2],
      ["180", 2],
      ["2", 3],
    ]);
    expect(confusion.map((row: number[]) => row.reduce((sum, n) => sum + n))).toEqual([3, 2, 2, 3]);
    for (const [label, { accuracy, count }] of perClass.entries())
      expect(accuracy).toBeCloseTo(confusion[label][label] / count, 12);
  });

  it("go through train and back", async () => {
    const { code, stderr } = await run(
      "train --config micro.json --data numbers --epochs 1 --validation 2 --out trained --json",
    );
    expect([code, stderr.includes("4 classes (0, 10, 180, 2)")]).toEqual([0, true]);
    expect(JSON.parse(readFileSync(join(work, "trained", "config.json"), "utf8")).classNames).toEqual(NUMBERS);
    expect((await vitlab(work, ["export", "trained", "trained-hub"])).code).toBe(0);
    const { predictions } = JSON.parse((await run("predict trained-hub numbers/2/0.png --json")).stdout);
    expect(predictions[0].classNames).toEqual(NUMBERS);
  });
});

describe("vitlab evaluate on folders", () => {
  it("of some of the model's classes measures them by name, and lists those that are missing", async () => {
    const whole = JSON.parse((await run("evaluate four --data numbers --split all --json")).stdout);
    cpSync(join(work, "numbers"), join(work, "fewer"), { recursive: true });
    for (const name of ["0", "180"]) rmSync(join(work, "fewer", name), { recursive: true });
    const fewer = JSON.parse((await run("evaluate four --data fewer --split all --json")).stdout);
    expect(fewer.perClass).toEqual(
      whole.perClass.map((result: { className: string }, label: number) =>
        label % 2 === 1 ? result : { className: result.className, count: 0, accuracy: null },
      ),
    );
    const { code, stdout } = await run("evaluate four --data some --split all");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^180 +[\d.]+ % of 2\n2 +[\d.]+ % of 1$/m);
    expect(stdout).toMatch(
      /guessing the commonest class, 180, gets 66\.7 %\), loss [\d.]+; no images of 0, 10 were measured$/m,
    );
  });

  it.each(["all", "test"])("of one of the model's classes measures it: split %s", async (split) => {
    const { code, stdout } = await run(`evaluate four --data one --split ${split}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /guessing the commonest class, 180, gets 100\.0 %\), .*; no images of 0, 10, 2 were measured$/m,
    );
  });

  it("with a class that the model doesn't know refuses it by its name, and leaves it out where asked", async () => {
    const line = "evaluate animals --data animals-and-more --split all";
    const refused = await run(line);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^error: animals-and-more all has images of zebra, and the model has no such class \(its classes are cat, dog, cow\): .*--classes on the command line\n$/,
    );
    const { code, stdout } = await run(`${line} --classes cat,dog`);
    expect([code, stdout.includes("only the images of cat, dog")]).toEqual([0, true]);
    expect(stdout).toMatch(/\(\d of 3; .*; no images of cow were measured$/m);
  });

  it("for a model without class names says which class is taken for which, where they are as many", async () => {
    const { code, stdout } = await run("evaluate unnamed --data letters --split all");
    expect(code).toBe(0);
    expect(stdout).toContain(
      "unnamed doesn't name its classes: they are taken for those of the images in order (0 = a, 1 = b, 2 = c)",
    );
    expect(await run("evaluate unnamed --data pair --split all")).toMatchObject({
      code: 1,
      stderr:
        "error: unnamed doesn't name its 3 classes, and these images have 2 (c1, c3): which is which can't be known; " +
        "name them in its config.json (id2label), or give images of all of them\n",
    });
  });

  it("whose names are LABEL_0 to LABEL_2 says which is which by them, one of them missing", async () => {
    const { code, stdout } = await run("evaluate unnamed --data default-names --split all --json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).perClass.map(({ count }: { count: number }) => count)).toEqual([2, 0, 1]);
  });

  it("for a model of 10,000 classes prints and writes what a person or a program can use", async () => {
    const { code, stdout } = await run("evaluate many --data numbers --split all");
    expect(code).toBe(0);
    expect(stdout.length).toBeLessThan(2000);
    const json = await run("evaluate many --data numbers --split all --json");
    expect(json.stdout.length).toBeLessThan(1e6);
    const { perClass, confusion, mostConfused } = JSON.parse(json.stdout);
    expect([perClass.length, perClass[180].count, confusion]).toEqual([10_000, 2, null]);
    expect(mostConfused[0]).toMatchObject({ truth: expect.any(String), predicted: expect.any(String) });
  });
});

describe("a folder with hardly any images of some classes", () => {
  it("is trained on with a word on what is not measured, and on what guessing gets", async () => {
    const { code, stdout } = await run("finetune animals --data lopsided --epochs 1 --out lopsided-model");
    expect(code).toBe(0);
    expect(stdout).toContain("lopsided test: 2 images 16x16x3, 3 classes (0, 10, 180); no images of 10, 180");
    expect(stdout).toContain("no validation images of 10, 180: the validation accuracy says nothing about them");
    expect(stdout).toContain("guessing the commonest class, 0, would get 100.0 % accuracy; guessing evenly 33.3 %");
    expect(stdout).toMatch(
      /^test accuracy .* \(\d of 2; guessing the commonest class, 0, gets 100\.0 %\), loss [\d.]+; no images of 10, 180 were measured$/m,
    );
    expect(stdout).not.toContain("guessing gets 33.3 %");
  });

  it("says so of a probe, too", async () => {
    const { stdout } = await run("finetune animals --data lopsided --probe --epochs 1 --out lopsided-probe");
    expect(stdout).toMatch(/^linear probe: .*, accuracy .* % \(guessing the commonest class gets 100\.0 %\), /m);
  });

  it("says so in JSON", async () => {
    const { stdout } = await run("train --config micro.json --data lopsided --epochs 1 --out lopsided-train --json");
    const last = JSON.parse(stdout.trim().split("\n").at(-1) as string);
    expect(last).toMatchObject({ testImages: 2, majorityAccuracy: 1, untestedClasses: ["10", "180"] });
  });
});

describe("a checkpoint that names fewer classes than it has", () => {
  it("is refused in one line", async () => {
    cpSync(join(work, "four"), join(work, "short"), { recursive: true });
    const file = join(work, "short", "config.json");
    const config = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...config, classNames: ["0", "10"] }));
    expect(await run("predict short numbers/2/0.png")).toMatchObject({
      code: 1,
      stderr:
        'error: short/config.json: classNames names 2 classes, and the model has 4; name each class there, or none ("classNames": [])\n',
    });
  });
});
