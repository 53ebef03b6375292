import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { imageAt } from "../../src/data/dataset";
import { writePng } from "../../src/data/image-file";
import { describeSkipped, type ImageFolderOptions, imageFolder } from "../../src/data/image-folder";
import { shapes } from "../../src/data/shapes";
import { writeImageFolder } from "../../src/data/write-image-folder";
import { ImageProcessor } from "../../src/hub/image-processor";
import { temporaryFolder } from "./helpers";

/** A picture of one color. */
function plain(value: number, width = 4, height = 4) {
  return { width, height, channels: 3, pixels: new Uint8Array(width * height * 3).fill(value) };
}

/** dogs/b.png (40), dogs/a.png (30), cats/z.png (20), cats/y.png (10). */
async function pets(): Promise<string> {
  const dir = path.join(temporaryFolder(), "pets");
  await writePng(path.join(dir, "dogs", "b.png"), plain(40));
  await writePng(path.join(dir, "dogs", "a.png"), plain(30));
  await writePng(path.join(dir, "cats", "z.png"), plain(20));
  await writePng(path.join(dir, "cats", "y.png"), plain(10));
  return dir;
}

describe("imageFolder", () => {
  it("reads classes and files in the order of their names", async () => {
    const dataset = await imageFolder(await pets(), { size: 2 });
    expect(dataset.classNames).toEqual(["cats", "dogs"]);
    expect(dataset.files).toEqual(["cats/y.png", "cats/z.png", "dogs/a.png", "dogs/b.png"]);
    expect([...dataset.labels]).toEqual([0, 0, 1, 1]);
    expect(Array.from({ length: 4 }, (_, i) => dataset.images[i * 12])).toEqual([10, 20, 30, 40]);
    expect([dataset.name, dataset.split, dataset.height, dataset.width]).toEqual(["pets", "all", 2, 2]);
  });

  it("covers the size from the middle, or squashes", async () => {
    const dir = await pets();
    // Left third black, middle third gray 120, right third white.
    const stripes = new Uint8Array(6 * 2 * 3).map(
      (_, i) => [0, 120, 255][Math.floor((Math.floor(i / 3) % 6) / 2)] ?? 0,
    );
    await writePng(path.join(dir, "cats", "a.png"), { width: 6, height: 2, channels: 3, pixels: stripes });
    const cover = await imageFolder(dir, { size: 2 });
    expect([...cover.images.subarray(0, 12)]).toEqual(new Array(12).fill(120));
    const squash = await imageFolder(dir, { size: [2, 3], resize: "squash" });
    expect([...squash.images.subarray(0, 9)]).toEqual([0, 0, 0, 120, 120, 120, 255, 255, 255]);
  });

  it("resizes as a pre-trained model's image processor does, where a filter of Pillow is named", async () => {
    const dir = path.join(temporaryFolder(), "drawn");
    await writeImageFolder(shapes({ split: "test", count: 20 }), dir);
    const dataset = await imageFolder(dir, { size: [20, 24], resize: "bicubic" });
    const processor = new ImageProcessor({ size: { height: 20, width: 24 }, resample: 3 });
    const pixels = await processor.pixels(path.join(dir, dataset.files[7] as string));
    expect(imageAt(dataset, 7).pixels).toEqual(pixels.pixels);
    const cover = await imageFolder(dir, { size: [20, 24] });
    expect(imageAt(cover, 7).pixels).not.toEqual(pixels.pixels);
    await expect(imageFolder(dir, { size: 20, resize: "toString" as "squash" })).rejects.toThrow(
      new VitlabError(
        'there is no resize "toString": give "cover", "squash", or a filter of Pillow: nearest, lanczos, bilinear, bicubic, box, hamming',
      ),
    );
  });

  it("leaves the resize to a function, which may make gray of colors", async () => {
    const dir = await pets();
    const processor = new ImageProcessor({ size: 3 }, { channels: 1 });
    const gray = await imageFolder(dir, { size: 3, resize: (image) => processor.pixels(image) });
    expect([gray.channels, gray.images.length]).toEqual([1, 36]);
    expect([0, 9, 18, 27].map((i) => gray.images[i])).toEqual([10, 20, 30, 40]);
    await expect(imageFolder(dir, { size: 2, resize: (image) => processor.pixels(image) })).rejects.toThrow(
      new VitlabError("resize made an image of 3x3x1 of one of 4x4: size asks for 2x2"),
    );
    let count = 0;
    const mixed = () => plain(1, 2, 2);
    const resize = () => (count++ === 0 ? mixed() : { ...mixed(), channels: 1, pixels: new Uint8Array(4) });
    await expect(imageFolder(dir, { size: 2, resize })).rejects.toThrow(
      "resize made 1 channels of cats/z.png, and 3 of the one before",
    );
  });

  it("divides into train and validation without sharing an image", async () => {
    const dir = await pets();
    const train = await imageFolder(dir, { size: 2, split: "train", validation: 0.5, seed: 4 });
    const validation = await imageFolder(dir, { size: 2, split: "validation", validation: 0.5, seed: 4 });
    expect([...train.labels, ...validation.labels]).toEqual([0, 1, 0, 1]);
    expect([...train.files, ...validation.files].sort()).toEqual([
      "cats/y.png",
      "cats/z.png",
      "dogs/a.png",
      "dogs/b.png",
    ]);
  });

  it("names what it left out", async () => {
    const dir = await pets();
    writeFileSync(path.join(dir, "readme.txt"), "hello");
    writeFileSync(path.join(dir, "cats", "notes.txt"), "hello");
    writeFileSync(path.join(dir, "cats", ".hidden"), "");
    mkdirSync(path.join(dir, "dogs", "old"));
    expect((await imageFolder(dir, { size: 2 })).skipped).toEqual([
      { file: "readme.txt", reason: "not in a class folder" },
      { file: "cats/notes.txt", reason: "not a .png, .jpg, .jpeg, .webp, .avif, .bmp, .gif, .tif, .tiff file" },
      { file: "dogs/old", reason: "a folder inside a class folder" },
    ]);
  });

  it("passes over hidden folders and the one that macOS puts into archives", async () => {
    const dir = await pets();
    await writePng(path.join(dir, "__MACOSX", "cats", "._y.png"), plain(0));
    await writePng(path.join(dir, ".thumbnails", "y.png"), plain(0));
    await writePng(path.join(dir, "cats", "._y.png"), plain(0));
    mkdirSync(path.join(dir, "dogs", "__MACOSX"));
    const dataset = await imageFolder(dir, { size: 2 });
    expect(dataset.classNames).toEqual(["cats", "dogs"]);
    expect(dataset.length).toBe(4);
    expect(dataset.skipped).toEqual([]);
  });

  it("says in words what it left out, alike reasons together", async () => {
    const dir = await pets();
    expect(describeSkipped(await imageFolder(dir, { size: 2 }))).toBe("");
    writeFileSync(path.join(dir, "readme.txt"), "hello");
    for (const name of ["a", "b", "c", "d", "e"]) mkdirSync(path.join(dir, "dogs", name));
    expect(describeSkipped(await imageFolder(dir, { size: 2 }))).toBe(
      [
        "6 entries were left out:",
        "  readme.txt: not in a class folder",
        "  dogs/a, dogs/b, dogs/c and 2 more: a folder inside a class folder",
      ].join("\n"),
    );
  });

  it("names a broken picture, or skips it where it may", async () => {
    const dir = await pets();
    const broken = path.join(dir, "cats", "broken.png");
    writeFileSync(broken, "not a picture");
    const reason =
      "is not a picture that can be read: a whole PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF file was expected";
    await expect(imageFolder(dir, { size: 2 })).rejects.toThrow(new VitlabError(`${broken} ${reason}`));
    const dataset = await imageFolder(dir, { size: 2, broken: "skip" });
    expect(dataset.length).toBe(4);
    expect(dataset.skipped).toEqual([{ file: "cats/broken.png", reason, unreadable: true }]);
    expect(describeSkipped(dataset)).toBe(
      `left out 1 of 5 pictures, which can't be read:\n  cats/broken.png: ${reason}`,
    );
  });

  it("refuses a folder in which nothing of a class can be read", async () => {
    const dir = await pets();
    for (const name of ["y.png", "z.png"]) writeFileSync(path.join(dir, "cats", name), "");
    await expect(imageFolder(dir, { size: 2, broken: "skip" })).rejects.toThrow(
      /^no picture of cats in .* can be read \(cats\/.*\.png: is .*\): give whole ones, or remove the folder of the class$/,
    );
  });

  it("passes over what is neither file nor folder, and says what it is", async () => {
    const dir = await pets();
    execFileSync("mkfifo", [path.join(dir, "cats", "pipe.png")]);
    symlinkSync("nowhere.png", path.join(dir, "dogs", "gone.png"));
    symlinkSync("ring.png", path.join(dir, "dogs", "ring.png"));
    symlinkSync("/dev/zero", path.join(dir, "dogs", "zeros.png"));
    mkdirSync(path.join(dir, "dogs", "folder.png"));
    const dataset = await imageFolder(dir, { size: 2 });
    expect(dataset.length).toBe(4);
    expect(dataset.skipped).toEqual([
      { file: "cats/pipe.png", reason: "a named pipe, not a file" },
      { file: "dogs/folder.png", reason: "a folder inside a class folder" },
      { file: "dogs/gone.png", reason: "a link that leads nowhere" },
      { file: "dogs/ring.png", reason: "a link that leads round in a ring" },
      { file: "dogs/zeros.png", reason: "a device, not a file" },
    ]);
  });

  it("wants two classes at least", async () => {
    const dir = path.join(temporaryFolder(), "pets");
    await writePng(path.join(dir, "cats", "a.png"), plain(0));
    await expect(imageFolder(dir, { size: 2 })).rejects.toThrow(
      new VitlabError(
        `folder ${dir} has one class (cats): a classifier needs at least two sub-folders, one a class, such as ${dir}/cats and ${dir}/dogs`,
      ),
    );
    await expect(imageFolder(path.join(dir, "cats"), { size: 2 })).rejects.toThrow(
      "has no sub-folders: a classifier needs",
    );
  });

  it("wants images in each class", async () => {
    const dir = await pets();
    mkdirSync(path.join(dir, "birds"));
    await expect(imageFolder(dir, { size: 2 })).rejects.toThrow(
      new VitlabError(
        `class folder ${dir}/birds has no images: put .png, .jpg, .jpeg, .webp, .avif, .bmp, .gif, .tif, .tiff files there, or remove it`,
      ),
    );
  });

  it("sees that it was pointed one level too high", async () => {
    const dir = temporaryFolder();
    for (const split of ["first", "second"])
      for (const className of ["cats", "dogs"]) await writePng(path.join(dir, split, className, "a.png"), plain(0));
    await expect(imageFolder(dir, { size: 2 })).rejects.toThrow(
      new VitlabError(
        `class folder ${dir}/first has no images: it has sub-folders (cats, dogs): if these are the classes, read ${dir}/first instead`,
      ),
    );
  });

  it("says that a folder is missing, or is a file", async () => {
    const dir = await pets();
    await expect(imageFolder(path.join(dir, "none"), { size: 2 })).rejects.toThrow(
      new VitlabError(`there is no folder ${dir}/none: give a folder with one sub-folder a class`),
    );
    await expect(imageFolder(path.join(dir, "cats", "y.png"), { size: 2 })).rejects.toThrow(
      new VitlabError(`${dir}/cats/y.png is a file: give a folder with one sub-folder a class`),
    );
  });

  it("refuses sizes and splits that can't be", async () => {
    const dir = await pets();
    await expect(imageFolder(dir, { size: 0 })).rejects.toThrow("images can't have size 0x0");
    await expect(imageFolder(dir, { size: 2, split: "train" })).rejects.toThrow(
      `split "train" of ${dir} needs validation: a count of images to hold out, or a part below 1`,
    );
  });
});

/** A folder whose class folders hold pictures of one color: { "train/cats": [10, 20] }. */
async function folderOf(pictures: Record<string, number[]>): Promise<string> {
  const dir = path.join(temporaryFolder(), "pets");
  for (const [folder, values] of Object.entries(pictures))
    for (const [i, value] of values.entries()) await writePng(path.join(dir, folder, `${i}.png`), plain(value));
  return dir;
}

describe("imageFolder of a folder that comes in parts", () => {
  const whole = { "train/cats": [1, 2], "train/dogs": [3, 4], "val/cats": [5], "val/dogs": [6], "test/dogs": [7] };
  const values = ({ images, length }: { images: Uint8Array; length: number }) =>
    Array.from({ length }, (_, i) => images[i * 12]);

  it("reads the part asked for, each with the classes of the training images", async () => {
    const dir = await folderOf(whole);
    const [train, validation, test] = await Promise.all(
      (["train", "validation", "test"] as const).map((split) => imageFolder(dir, { size: 2, split })),
    );
    expect([train, validation, test].map((part) => part && values(part))).toEqual([[1, 2, 3, 4], [5, 6], [7]]);
    // A test folder may lack a class.
    expect(test?.classNames).toEqual(["cats", "dogs"]);
    expect([...(test?.labels ?? [])]).toEqual([1]);
    expect([test?.name, test?.split, test?.files]).toEqual(["pets", "test", ["dogs/0.png"]]);
  });

  it.each([
    ["training", "dev", "testing"],
    ["Train", "valid", "Test"],
    ["TRAIN", "validation", "evaluation"],
  ])("knows them as %s, %s and %s, too", async (train, validation, test) => {
    const dir = await folderOf({
      [`${train}/a`]: [1],
      [`${train}/b`]: [2],
      [`${validation}/a`]: [3],
      [`${validation}/b`]: [4],
      [`${test}/a`]: [5],
    });
    expect(values(await imageFolder(dir, { size: 2, split: "test" }))).toEqual([5]);
    expect(values(await imageFolder(dir, { size: 2, split: "validation" }))).toEqual([3, 4]);
  });

  it("holds validation images out of the training images where it has none", async () => {
    const dir = await folderOf({ "train/cats": [1, 2], "train/dogs": [3, 4], "test/cats": [5], "test/dogs": [6] });
    const [train, validation] = await Promise.all(
      (["train", "validation"] as const).map((split) => imageFolder(dir, { size: 2, split, validation: 0.5 })),
    );
    expect([...values(train as never), ...values(validation as never)].sort()).toEqual([1, 2, 3, 4]);
    expect(values(await imageFolder(dir, { size: 2, split: "train" }))).toEqual([1, 2, 3, 4]);
    await expect(imageFolder(dir, { size: 2, split: "validation" })).rejects.toThrow(
      `split "validation" of ${dir}, which has test and train, needs validation`,
    );
  });

  it("leaves classes that are called train and test what they are", async () => {
    const dir = await folderOf({ train: [1, 2], test: [3] });
    const dataset = await imageFolder(dir, { size: 2 });
    expect(dataset.classNames).toEqual(["test", "train"]);
    expect(values(dataset)).toEqual([3, 1, 2]);
    await expect(imageFolder(dir, { size: 2, split: "test" })).rejects.toThrow(
      new VitlabError(
        `${dir} has no test images of its own: it holds classes, not the parts train and test; hold some out with splitDataset`,
      ),
    );
  });

  const refused: [string, Record<string, number[]>, ImageFolderOptions, string][] = [
    [
      "all at once",
      whole,
      { size: 2 },
      'DIR comes in parts (test, train and val): say which with split: "test", "train", "validation"',
    ],
    [
      "a class that the training images lack",
      { ...whole, "test/birds": [8] },
      { size: 2, split: "test" },
      "folder DIR/test has classes that train doesn't have: birds; train has cats, dogs: give both the same",
    ],
    [
      "validation images that lack a class",
      { "train/cats": [1], "train/dogs": [2], "val/dogs": [3] },
      { size: 2, split: "validation" },
      "folder DIR/val has no images of cats, which train has: move some from train to val, or remove val: images to validate on are then held out of train",
    ],
    [
      "a part that isn't there",
      { "train/cats": [1], "train/dogs": [2] },
      { size: 2, split: "test" },
      "DIR has no test images: it holds train",
    ],
    [
      "pictures beside classes",
      { "train/cats": [1], "train/dogs": [2], test: [3] },
      { size: 2, split: "train" },
      "folder DIR holds classes in train and pictures in test: sort those of test into one sub-folder a class, or move it elsewhere",
    ],
    [
      "two folders for one part",
      { "train/cats": [1], "train/dogs": [2], "val/cats": [3], "valid/cats": [4] },
      { size: 2, split: "train" },
      "folder DIR has two folders for the validation images, val and valid: keep one of them there",
    ],
    [
      "to hold out what it has",
      whole,
      { size: 2, split: "train", validation: 0.2 },
      "DIR/val holds the validation images of DIR: leave the option validation away",
    ],
  ];

  it.each(refused)("refuses %s", async (_, pictures, options, message) => {
    const dir = await folderOf(pictures);
    await expect(imageFolder(dir, options)).rejects.toThrow(new VitlabError(message.replaceAll("DIR", dir)));
  });
});

describe("writeImageFolder", () => {
  it("writes what imageFolder reads back byte for byte, landmarks beside it", async () => {
    const dir = path.join(temporaryFolder(), "drawn");
    const drawn = shapes({ count: 20, seed: 8 });
    await writeImageFolder(drawn, dir);
    const read = await imageFolder(dir, { size: 32 });
    expect(read.classNames).toEqual(drawn.classNames);
    expect(read.length).toBe(20);
    for (const [i, file] of read.files.entries()) {
      const original = Number(path.basename(file, ".png"));
      expect(read.images.slice(i * 3072, (i + 1) * 3072)).toEqual(
        drawn.images.slice(original * 3072, (original + 1) * 3072),
      );
      expect(read.labels[i]).toBe(drawn.labels[original]);
    }
    const { size, images } = JSON.parse(readFileSync(path.join(dir, "landmarks.json"), "utf8"));
    expect(size).toEqual([32, 32]);
    expect(images[3]).toEqual({
      file: `${drawn.classNames[drawn.labels[3] as number]}/03.png`,
      label: drawn.labels[3],
      landmarks: drawn.landmarks[3],
    });
  });

  it("overwrites nothing", async () => {
    const dir = await pets();
    await expect(writeImageFolder(shapes({ count: 10 }), dir)).rejects.toThrow(
      new VitlabError(`folder ${dir} is not empty: name a new folder, so that nothing of yours is overwritten`),
    );
  });
});
