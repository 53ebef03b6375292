import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { loadSplit, loadSplits } from "../../../src/cli/inputs/load-data";
import { writePng } from "../../../src/data/image-file";
import { temporaryFolder } from "../../data/helpers";
import { jsonLines, vitlab, workFolder } from "../vitlab";

const sizes = { imageSize: [2, 2] as const };
const values = ({ images, length }: { images: Uint8Array; length: number }) =>
  Array.from({ length }, (_, i) => images[i * 12] as number);

/** Class folders with pictures of one color each. */
async function folderOf(dir: string, pictures: Record<string, readonly number[]>, side = 2): Promise<string> {
  for (const [folder, shades] of Object.entries(pictures))
    for (const [i, shade] of shades.entries()) {
      const pixels = new Uint8Array(side * side * 3).fill(shade);
      await writePng(join(dir, folder, `${i}.png`), { width: side, height: side, channels: 3, pixels });
    }
  return dir;
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe("the splits of a folder", () => {
  const said = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  afterEach(() => said.mockClear());

  it("are its parts, and it is said which is which", async () => {
    const path = await folderOf(temporaryFolder(), {
      "train/cats": [1, 2],
      "train/dogs": [3, 4],
      "val/cats": [5],
      "val/dogs": [6],
      "test/dogs": [7],
    });
    const { train, validation, test } = await loadSplits({ kind: "folder", path }, sizes);
    expect([train, validation, test].map(values)).toEqual([[1, 2, 3, 4], [5, 6], [7]]);
    expect(test.classNames).toEqual(["cats", "dogs"]);
    expect(said.mock.calls).toEqual([
      [`training images: ${path}/train; validation images: ${path}/val; test images: ${path}/test\n`],
    ]);
    for (const [split, part] of Object.entries({ train, validation, test }))
      expect(values(await loadSplit({ kind: "folder", path }, split as "test", sizes))).toEqual(values(part));
    await expect(loadSplits({ kind: "folder", path }, { ...sizes, validation: 2 })).rejects.toThrow(
      new VitlabError(`${path}/val holds the images to validate on: leave --validation away`),
    );
  });

  it("are held out of the training images where they are missing", async () => {
    const path = await folderOf(temporaryFolder(), { "train/cats": range(0, 20), "train/dogs": range(100, 20) });
    const { train, validation, test } = await loadSplits({ kind: "folder", path }, sizes);
    expect([train.length, validation.length, test.length]).toEqual([29, 5, 6]);
    expect([train, validation, test].flatMap(values).sort((a, b) => a - b)).toEqual([
      ...range(0, 20),
      ...range(100, 20),
    ]);
    expect(said.mock.calls).toEqual([
      [
        `training images: ${path}/train; validation images are held out of it (15 %); test images are held out of it (15 %)\n`,
      ],
    ]);
    expect(values(await loadSplit({ kind: "folder", path }, "test", sizes))).toEqual(values(test));
  });

  it("can be measured without training images, and not trained", async () => {
    const path = await folderOf(temporaryFolder(), { "test/cats": [1], "test/dogs": [2] });
    expect(values(await loadSplit({ kind: "folder", path }, "test", sizes))).toEqual([1, 2]);
    await expect(loadSplits({ kind: "folder", path }, sizes)).rejects.toThrow(
      new VitlabError(`${path} has no images to train on: it holds test`),
    );
  });
});

describe("vitlab finetune and evaluate", () => {
  const work = workFolder();
  const run = (line: string) => vitlab(work, line.split(" "));

  beforeAll(async () => {
    const photos = await folderOf(join(work, "photos"), { dark: range(0, 20), light: range(200, 20) }, 16);
    writeFileSync(join(photos, "dark", "half.jpg"), "\xff\xd8\xff", "latin1");
    writeFileSync(join(photos, "light", "page.jpg"), "<html>");
    mkdirSync(join(photos, "light", "more"));
    const train = "train --config micro.json --data shapes --train-count 20 --validation 10 --epochs 1 --out base";
    expect((await run(train)).code).toBe(0);
  }, 120_000);

  it("leave out pictures that can't be read, and name them", async () => {
    const tuned = await run("finetune base --data photos --epochs 1 --out tuned --json");
    expect(tuned.code).toBe(0);
    const evaluated = await run("evaluate tuned --data photos --split all --json");
    expect(JSON.parse(evaluated.stdout).images).toBe(40);
    for (const { stderr } of [tuned, evaluated])
      expect(stderr).toContain(
        [
          "left out 2 of 42 pictures, which can't be read:",
          "  dark/half.jpg: is a JPEG file that is cut off: get a whole copy of it",
          "  light/page.jpg: is a page of HTML and can't be read: convert it to PNG or JPEG",
          "1 entry was left out:",
          "  light/more: a folder inside a class folder",
        ].join("\n"),
      );
  });

  it("take a folder as it is divided", async () => {
    await folderOf(
      join(work, "divided"),
      {
        "train/dark": range(0, 8),
        "train/light": range(200, 8),
        "val/dark": [9],
        "val/light": [209],
        "test/dark": [10],
      },
      16,
    );
    const tuned = await run("finetune base --data folder:divided --epochs 1 --out parts --json");
    expect(tuned.code).toBe(0);
    expect(tuned.stderr).toMatch(/training images: .*train; validation images: .*val; test images: .*test/);
    expect(jsonLines(tuned.stdout).at(-1)).toMatchObject({ testImages: 1 });
  });
});
