import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { useEngine } from "../../../src/tensor/node/engine";
import { saveCheckpoint } from "../../../src/train/checkpoint/model-checkpoint";
import { ViT } from "../../../src/vit/model";
import { expectRefusal, vitlab, workFolder } from "../vitlab";

const work = workFolder();
const data = join(__dirname, "..", "..", "..", "data");
const explore = (model: string, ...args: string[]) => vitlab(work, ["explore", model, "--engine", "cpu", ...args]);
const contentsOf = (file: string) =>
  JSON.parse(/id="vitlab-contents">([^<]*)</.exec(readFileSync(join(work, file), "utf8"))?.[1] as string);

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  const small = { imageSize: 16, patchSize: 4, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 2 };
  const plain = new ViT(small, { seed: 1 });
  await saveCheckpoint(join(work, "plain"), plain, { classNames: ["cat", "dog"] });
  plain.dispose();
  mkdirSync(join(work, "photos", "cats"), { recursive: true });
  mkdirSync(join(work, "none"));
  mkdirSync(join(work, "taken.html"));
  copyFileSync(join(data, "chelsea.png"), join(work, "photos", "cats", "chelsea.png"));
  copyFileSync(join(data, "chelsea.png"), join(work, "photos", "a.png"));
  writeFileSync(join(work, "photos", "broken.jpg"), "no picture");
});

describe("vitlab explore", () => {
  it("writes a page with one drawn image of each class, and says how large it is", async () => {
    const { code, stdout, stderr } = await explore(join(data, "models", "vit-cifar10"), "--out", "new/explorer.html");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.trim().split("\n").at(-1)).toMatch(
      /^wrote new\/explorer\.html, 3\.\d MB: vit-cifar10 with 10 images; open it in a browser, also offline$/,
    );
    const { imageNames, title, language } = contentsOf("new/explorer.html");
    expect([title, language]).toEqual(["vit-cifar10", "en"]);
    expect(new Set(imageNames.map((name: string) => name.split(" ")[0])).size).toBe(10);
  });

  it("draws for a model what it was trained on", async () => {
    const { code } = await explore("vit-needle", "--count", "2", "--out", "needle.html");
    expect(code).toBe(0);
    expect(contentsOf("needle.html").imageNames).toEqual([
      expect.stringContaining("(needle 0)"),
      expect.stringContaining("(needle 1)"),
    ]);
  });

  it("takes the pictures of a folder and its sub-folders, and tells programs which", async () => {
    const { code, stdout, stderr } = await explore(
      ...(["plain", "--images", "photos", "--language", "zh", "--out", "photos.html", "--json"] as const),
    );
    expect(code).toBe(0);
    expect(stderr).toContain("left out broken.jpg: photos/broken.jpg is not a picture that can be read");
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ out: "photos.html", model: "plain", dtype: "F16" });
    expect(told.images).toEqual(["a.png", join("cats", "chelsea.png")]);
    expect(told.leftOut).toEqual([{ file: "broken.jpg", reason: expect.stringContaining("photos/broken.jpg") }]);
    expect(told.bytes).toBe(readFileSync(join(work, "photos.html")).length);
    expect(told.rounding).toBeGreaterThan(0);
    expect(told.rounding).toBeLessThan(1e-3);
    expect(contentsOf("photos.html")).toMatchObject({ language: "zh", classNames: ["cat", "dog"] });
  });

  it("writes over a page that is there", async () => {
    writeFileSync(join(work, "old.html"), "old");
    expect((await explore("plain", "--count", "1", "--out", "old.html")).code).toBe(0);
    expect(contentsOf("old.html").imageNames).toHaveLength(1);
  });

  it.each<[string, string[]]>([
    ["--out is missing: name the page to write, such as --out explorer.html", ["plain"]],
    ["--out explorer.png must end with .html", ["plain", "--out", "explorer.png"]],
    [
      "there is no folder nowhere: give --images a folder of pictures",
      ["plain", "--out", "a.html", "--images", "nowhere"],
    ],
    [
      "micro.json is a file: give --images the folder that it is in",
      ["plain", "--out", "a.html", "--images", "micro.json"],
    ],
    ["there are no pictures in none or its sub-folders: put .png,", ["plain", "--out", "a.html", "--images", "none"]],
    ["there is no folder nothing: give a folder that training wrote", ["nothing", "--out", "a.html"]],
    ["taken.html could not be written: there is a folder of that name", ["plain", "--out", "taken.html"]],
    ["argument '0' is invalid. It must be a whole number, 1 or more.", ["plain", "--out", "a.html", "--count", "0"]],
    ["argument 'fr' is invalid. Allowed choices are en, zh.", ["plain", "--out", "a.html", "--language", "fr"]],
  ])("refuses: %s", async (message, args) => {
    const [model, ...rest] = args as [string, ...string[]];
    const before = readdirSync(work);
    const outcome = await explore(model, ...rest, "--json");
    expectRefusal(outcome, message);
    expect(readdirSync(work)).toEqual(before);
  });
});
