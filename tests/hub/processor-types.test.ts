import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import type { ByteImage } from "../../src/data/byte-image";
import { ImageProcessor, loadImageProcessor } from "../../src/hub/image-processor";
import { processorTypeOfModel } from "../../src/hub/processor-type";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { temporaryFolder } from "../data/helpers";
import { noise } from "./noise";

/** A folder's files, pictures, and what AutoImageProcessor makes of them. */
interface Case {
  name: string;
  files: Record<string, unknown>;
  seed: number;
  pictures: [number, number, number][];
  shape: number[];
  sample: number[];
  sha256: string;
  /** What transformers says of the folder that it doesn't take. */
  refused?: string;
}

const { cases } = JSON.parse(
  readFileSync(path.join(__dirname, "..", "goldens", "pillow", "processor_types.json"), "utf8"),
) as { cases: Case[] };

function folderOf({ files }: Pick<Case, "files">): string {
  const dir = temporaryFolder();
  for (const [name, fields] of Object.entries(files)) writeFileSync(path.join(dir, name), JSON.stringify(fields));
  return dir;
}

function picturesOf({ seed, pictures }: Case): ByteImage[] {
  return pictures.map((from, i) => noise({ seed: seed + i, from }));
}

const titled = (chosen: Case[]) =>
  chosen.map((one) => [`${one.name}, ${one.pictures.map((side) => side.join("x")).join(" and ")}`, one] as const);

beforeAll(() => useEngine("cpu", { quiet: true }));

describe("loadImageProcessor gives the float32 numbers of transformers 5.23 and Pillow 13 to the last bit", () => {
  it.each(titled(cases.filter(({ refused }) => !refused)))("%s", async (_, one) => {
    const processor = await loadImageProcessor(folderOf(one), { passOrder: "pillow13" });
    const values = await processor.tensor(picturesOf(one));
    const numbers = values.dataSync() as Float32Array;
    values.dispose();
    expect(values.shape).toEqual(one.shape);
    expect([...numbers.slice(0, 3)]).toEqual(one.sample);
    expect(createHash("sha256").update(numbers).digest("hex")).toBe(one.sha256);
  });
});

describe("what transformers doesn't take is refused in one sentence", () => {
  it.each(titled(cases.filter(({ refused }) => refused)))("%s", async (_, one) => {
    const open = async () => (await loadImageProcessor(folderOf(one))).tensor(picturesOf(one));
    await expect(open()).rejects.toThrow(VitlabError);
    await expect(open()).rejects.toThrow(/^[^\n]*(size|rescale_factor)[^\n]*: [^\n]+$/);
  });
});

describe("an image processor that isn't read is refused by its name", () => {
  const known =
    "it reads ViTImageProcessor, DeiTImageProcessor, BeitImageProcessor, PvtImageProcessor, SiglipImageProcessor, " +
    "CLIPImageProcessor, BitImageProcessor, LevitImageProcessor, ConvNextImageProcessor";

  it.each([
    [{ image_processor_type: "EfficientNetImageProcessor" }, "EfficientNetImageProcessor"],
    [{ feature_extractor_type: "MobileViTFeatureExtractor" }, "MobileViTFeatureExtractor"],
    [{ image_processor_type: "vit" }, "vit"],
    [{ image_processor_type: "constructorImageProcessor" }, "constructorImageProcessor"],
  ])("%j", (config, name) => {
    expect(() => new ImageProcessor(config)).toThrow(
      new VitlabError(`the image processor is of type "${name}", which vitlab doesn't read: ${known}`),
    );
  });

  it("a field, unless it asks for nothing", () => {
    for (const field of ["do_flip_channel_order", "do_thumbnail"])
      expect(() => new ImageProcessor({ [field]: true })).toThrow(
        new VitlabError(
          `the image processor has a field ${field}, true, which vitlab doesn't read: remove it where it changes no picture`,
        ),
      );
    expect(() => new ImageProcessor({ size_divisor: 32 })).toThrow("has a field size_divisor, 32, which");
    expect(() => new ImageProcessor({ do_flip_channel_order: false, size_divisor: null })).not.toThrow();
  });

  it("code of its own, unless a type is named as well", () => {
    const auto_map = { AutoImageProcessor: "processing_mine.MyProcessor" };
    expect(() => new ImageProcessor({ auto_map })).toThrow(
      'the image processor is code of its own (auto_map names "processing_mine.MyProcessor"), which vitlab doesn\'t run',
    );
    expect(() => new ImageProcessor({ auto_map, image_processor_type: "ViTImageProcessor" })).not.toThrow();
  });

  it("of a folder, with the file in front", async () => {
    const fields = { image_processor_type: "SamImageProcessor" };
    const dir = folderOf({ files: { "processor_config.json": { image_processor: fields } } });
    await expect(loadImageProcessor(dir)).rejects.toThrow(
      `${path.join(dir, "processor_config.json")}: the image processor is of type "SamImageProcessor", which`,
    );
    const unknown = folderOf({ files: { "preprocessor_config.json": {}, "config.json": { model_type: "bert" } } });
    await expect(loadImageProcessor(unknown)).rejects.toThrow(
      'preprocessor_config.json names no image_processor_type, and vitlab knows none for a model of type "bert": add it',
    );
    const broken = folderOf({ files: { "processor_config.json": { image_processor: 3 } } });
    await expect(loadImageProcessor(broken)).rejects.toThrow("image_processor is no object; get the file again");
  });
});

describe("an image processor that fills up", () => {
  const processor = new ImageProcessor({ size: 8, do_pad: true, pad_size: [10, 12] });
  const picture = noise({ seed: 1, from: [9, 9, 3] });

  it("puts zeros behind the normalized numbers", async () => {
    const values = await processor.tensor(picture);
    const inside = await new ImageProcessor({ size: 8 }).tensor(picture);
    expect(values.shape).toEqual([1, 10, 12, 3]);
    tf.tidy(() => {
      expect(tf.slice(values, [0, 0, 0, 0], [1, 8, 8, 3]).dataSync()).toEqual(inside.dataSync());
      expect(new Set(tf.slice(values, [0, 8, 0, 0], [1, 2, 12, 3]).dataSync())).toEqual(new Set([0]));
      expect(new Set(tf.slice(values, [0, 0, 8, 0], [1, 10, 4, 3]).dataSync())).toEqual(new Set([0]));
    });
    tf.dispose([values, inside]);
  });

  it("has no bytes to give", async () => {
    const message = "do_pad fills up with zeros once the numbers are normalized, which no byte stands for";
    expect(() => processor.fit(picture)).toThrow(message);
    await expect(processor.pixels(picture)).rejects.toThrow(message);
  });
});

it("numbers of which no finite ones come are refused", () => {
  expect(() => new ImageProcessor({ rescale_factor: 1e-320 })).toThrow(
    "the image processor's rescale_factor has 1e-320: no picture is made by numbers beyond 1000000000000",
  );
  expect(() => new ImageProcessor({ image_mean: [0, 0, 1e300] })).toThrow(
    "the image processor's image_mean has 1e+300",
  );
  expect(new ImageProcessor({ image_mean: 0 }).normalize.mean).toEqual([0, 0, 0]);
});

it("a type or a model that is no text is refused, and a field that is nested without end", () => {
  const silent = { toString: 1 } as unknown as string;
  expect(() => new ImageProcessor({ image_processor_type: silent })).toThrow(
    "the image processor is of type an object, which vitlab doesn't read",
  );
  expect(processorTypeOfModel(silent)).toBeUndefined();
  const deep = JSON.parse("[".repeat(20_000) + "]".repeat(20_000));
  expect(() => new ImageProcessor({ size: deep })).toThrow("the image processor's size is a list: give a number");
});
