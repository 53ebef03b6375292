import { beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { type ImageDataset, imageAt, takeImages } from "../../src/data/dataset";
import { imageLandmarks, landmarkPatches } from "../../src/data/landmark-patches";
import { type NeedleDataset, type NeedleOptions, needle } from "../../src/data/needle";
import { datasetToTensor } from "../../src/data/to-tensor";
import { edgeMap } from "../../src/explain/judge/baselines";
import { pixelBaseline } from "../../src/recipes/pixel-baseline";
import { useEngine } from "../../src/tensor/node/engine";
import { ViT } from "../../src/vit/model";
import { md5 } from "./helpers";
import { logisticAccuracy, meanColor, nearestMeanAccuracy } from "./simple-classifiers";

/** How dark each side of the patch is in which a mark lies, seen from the center of the mark: above, right, below, left. */
function darkSide(dataset: ImageDataset, index: number, { x, y }: { x: number; y: number }): number {
  const { pixels, width } = imageAt(dataset, index);
  const gray = (dx: number, dy: number) => {
    const at = (Math.floor(y + dy) * width + Math.floor(x + dx)) * 3;
    return pixels.slice(at, at + 3).reduce((sum, byte) => sum + byte, 0);
  };
  const far = (0.2 * width) / 8;
  const sides = [gray(0, -far), gray(far, 0), gray(0, far), gray(-far, 0)];
  const opposite = sides.map((value, side) => value - (sides[(side + 2) % 4] as number));
  return opposite.indexOf(Math.min(...opposite));
}

/** Which way the two marks of an image are turned, read off its pixels. */
function turns(dataset: NeedleDataset, index: number): [number, number] {
  const { mark = [] } = imageLandmarks(dataset, index);
  return mark.map((place) => darkSide(dataset, index, place)) as [number, number];
}

describe("needle", () => {
  it("has two classes, each once in every two images, in an order that changes", () => {
    const dataset = needle({ count: 40 });
    expect([dataset.name, dataset.split, dataset.classNames]).toEqual(["needle", "train", ["same", "different"]]);
    expect([dataset.height, dataset.width, dataset.channels, dataset.length]).toEqual([32, 32, 3, 40]);
    const pairs = Array.from({ length: 20 }, (_, pair) => [...dataset.labels.slice(2 * pair, 2 * pair + 2)].join(""));
    expect(new Set(pairs)).toEqual(new Set(["01", "10"]));
  });

  it("draws the same bytes on every machine", () => {
    const { images, labels } = needle({ count: 100, seed: 7 });
    expect([md5(images), md5(Buffer.from(labels))]).toEqual([
      "27f59adce77a6bf7e90d0e079628de6e",
      "5d3088f113af889664ffdefd2526d1ea",
    ]);
  });

  it("starts a longer data set with a shorter one", () => {
    const short = needle({ count: 7, seed: 2 });
    const long = needle({ count: 40, seed: 2 });
    expect(long.images.subarray(0, short.images.length)).toEqual(short.images);
    expect(long.labels.subarray(0, 7)).toEqual(short.labels);
    expect(long.landmarks.slice(0, 7)).toEqual(short.landmarks);
  });

  it("never draws an image twice: not in a split, not across splits, not across seeds", () => {
    const hashes = (["train", "validation", "test"] as const).flatMap((split) =>
      [0, 1, 2 ** 40].flatMap((seed) => {
        const { images } = needle({ split, seed, count: 100 });
        return Array.from({ length: 100 }, (_, i) => md5(images.subarray(i * 3072, (i + 1) * 3072)));
      }),
    );
    expect(new Set(hashes).size).toBe(900);
  });

  it.each<[NeedleOptions, string]>([
    [{ count: 0 }, "needle can't draw 0 images: count must be a whole number from 1"],
    [{ count: 5e8 }, "needle can't draw 500000000 images: of size 32 count must be at most 699,050"],
    [{ size: 24 }, "needle can't draw images of size 24: give a multiple of 8 pixels from 32 to 512"],
    [{ size: 36 }, "needle can't draw images of size 36: give a multiple of 8 pixels from 32 to 512"],
    [{ size: 520 }, "needle can't draw images of size 520: give a multiple of 8 pixels from 32 to 512"],
    [{ seed: 0.5 }, "the seed of needle is 0.5: give a whole number"],
    [{ split: "dev" as "test" }, 'needle has no split "dev": give one of train, validation, test'],
    [{ version: 1 } as NeedleOptions, "needle has no option version: the options are count, seed, size, split"],
    [100 as NeedleOptions, "needle takes an options object: needle({ count: 100 }); got 100"],
  ])("refuses %j", (options, message) => {
    expect(() => needle(options)).toThrow(new VitlabError(message));
  });
});

describe("the truth about needle", () => {
  const dataset = needle({ count: 4000, seed: 1 });
  const all = Array.from({ length: dataset.length }, (_, index) => index);

  it.each([32, 64, 224, 512])(
    "is in the picture: with %i pixels the marks are turned the same way where the class says so",
    (size) => {
      const drawn = size === 32 ? dataset : needle({ count: 60, seed: 1, size });
      for (let index = 0; index < drawn.length; index++) {
        const [first, second] = turns(drawn, index);
        expect(drawn.classNames[drawn.labels[index] as number]).toBe(first === second ? "same" : "different");
      }
    },
  );

  it("is two patches, never the same, any two of the 64 equally often", () => {
    const counts = new Array<number>(64).fill(0);
    for (const index of all) {
      const { mark = [], ...others } = landmarkPatches(dataset, index, 4);
      expect([mark.length, Object.keys(others)]).toEqual([2, []]);
      for (const patch of mark) counts[patch] = (counts[patch] as number) + 1;
    }
    // 125 expected of each, with a deviation of 11.
    expect(Math.min(...counts)).toBeGreaterThan(80);
    expect(Math.max(...counts)).toBeLessThan(170);
  });

  it("is nothing that one mark tells: each is turned each way equally often in both classes", () => {
    for (const which of [0, 1])
      for (const label of [0, 1]) {
        const counts = [0, 0, 0, 0];
        for (const index of all)
          if (dataset.labels[index] === label) {
            const turn = turns(dataset, index)[which] as number;
            counts[turn] = (counts[turn] as number) + 1;
          }
        // 500 expected of each, with a deviation of 19.
        expect(Math.min(...counts)).toBeGreaterThan(420);
        expect(Math.max(...counts)).toBeLessThan(580);
      }
  });

  it("is nowhere else: half black and half white are the two patches alone", () => {
    const large = needle({ count: 200, seed: 1, size: 128 });
    for (let index = 0; index < large.length; index++) {
      const { pixels } = imageAt(large, index);
      const found = Array.from({ length: 64 }, (_, patch) => patch).filter((patch) => {
        const grays = Array.from({ length: 256 }, (_, i) => {
          const at = ((Math.floor(patch / 8) * 16 + (i >> 4)) * 128 + (patch % 8) * 16 + (i & 15)) * 3;
          return ((pixels[at] as number) + (pixels[at + 1] as number) + (pixels[at + 2] as number)) / 3;
        });
        const halves = (isFirst: (x: number, y: number) => boolean) =>
          Math.abs(grays.reduce((sum, gray, i) => sum + (isFirst(i & 15, i >> 4) ? gray : -gray), 0)) / 128;
        const cut = Math.max(
          halves((x) => x < 8),
          halves((_, y) => y < 8),
        );
        return Math.min(...grays) < 64 && Math.max(...grays) > 190 && cut > 75;
      });
      expect(found).toEqual(landmarkPatches(large, index, 4 * 4).mark);
    }
  });

  it("is nothing that edges tell: other tiles are as rich in them", async () => {
    await useEngine(undefined, { quiet: true });
    const some = takeImages(dataset, all.slice(0, 500));
    const images = datasetToTensor(some);
    const model = new ViT({ imageSize: 32, patchSize: 4, dim: 8, depth: 1, heads: 1, mlpDim: 8, classes: 2 });
    const edges = edgeMap(model, images);
    const hits = Array.from({ length: some.length }, (_, i) => {
      const map = edges.data.subarray(i * 64, (i + 1) * 64);
      return landmarkPatches(some, i, 4).mark?.includes(map.indexOf(Math.max(...map)));
    }).filter(Boolean).length;
    // Of some six tiles of black and white two are marks.
    expect(hits / some.length).toBeLessThan(0.33);
    model.dispose();
    images.dispose();
  });

  it("goes along with the images that are taken", () => {
    expect(takeImages(dataset, [5]).landmarks[0]).toEqual(dataset.landmarks[5]);
  });
});

describe("what needle does not give away", () => {
  const train = needle({ count: 4000, seed: 3 });
  const test = needle({ count: 4000, seed: 3, split: "test" });

  beforeAll(async () => {
    await useEngine(undefined, { quiet: true });
  });

  it("the class to a linear classifier on pixels: it stays within 5 points of chance", async () => {
    const { testAccuracy } = await pixelBaseline({ train, validation: takeImages(test, [0]), test });
    expect(Math.abs(testAccuracy - 0.5)).toBeLessThan(0.05);
  });

  it("the class by mean color: two classifiers stay within 5 points of chance", () => {
    expect(Math.abs(nearestMeanAccuracy(train, test, meanColor) - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(logisticAccuracy(train, test, meanColor) - 0.5)).toBeLessThan(0.05);
  });
});
