import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import type { ByteImage } from "../../src/data/byte-image";
import { ImageProcessor, loadImageProcessor, type ProcessorInput } from "../../src/hub/image-processor";
import type { ImageProcessorConfig } from "../../src/hub/processor-config";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { temporaryFolder } from "../data/helpers";
import { onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { noise } from "./noise";

const goldens = path.join(__dirname, "..", "goldens");
const golden = new Golden("processor/golden");
const FILTERS: Record<string, number> = { nearest: 0, bilinear: 2, bicubic: 3 };

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Every stride-th row and column of a batch of one, channels first, as the goldens are stored. */
function asStored(values: tf.Tensor4D, stride: number): Float32Array {
  const [, height, width, channels] = values.shape;
  const data = values.dataSync();
  const stored: number[] = [];
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < height; row += stride)
      for (let column = 0; column < width; column += stride)
        stored.push(data[(row * width + column) * channels + channel] as number);
  return Float32Array.from(stored);
}

onEveryEngine("ImageProcessor", () => {
  const names = golden.names("").filter((name) => !name.startsWith("double/"));

  it.each(names)("makes pixel_values %s of a file", async (name) => {
    const [how, picture, order] = name.split("/") as [string, string, string?];
    const [, filter, height, width] = /^(\w+)_(\d+)x(\d+)$/.exec(how) as unknown as [string, string, string, string];
    const size = { height: Number(height), width: Number(width) };
    const entry = golden.entry(name) as unknown as { sha256_resized_uint8_hwc: string; pass_order?: string };
    const passOrder = order === undefined && entry.pass_order ? "pillow13" : "columns";
    const processor = new ImageProcessor({ size, resample: FILTERS[filter] as number }, { passOrder });
    const file = path.join(goldens, "processor", `${picture}.png`);
    expect(sha256((await processor.pixels(file)).pixels)).toBe(entry.sha256_resized_uint8_hwc);
    const before = tf.memory().numTensors;
    const values = await processor.tensor(file);
    expect(values.shape).toEqual([1, size.height, size.width, 3]);
    const { stride = 1 } = golden.entry(name);
    const stored = asStored(values, stride);
    const want = golden.data(name);
    expect(stored.length).toBe(want.length);
    let worst = 0;
    for (const [i, value] of want.entries()) worst = Math.max(worst, Math.abs((stored[i] as number) - value));
    expect(worst).toBeLessThanOrEqual(golden.entry(name).atol);
    values.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

interface Case {
  seed: number;
  from: [number, number, number];
  config: ImageProcessorConfig;
  shape: number[];
  sha256: string;
}

const image = noise({ seed: 1, from: [40, 31, 3] });

describe("ImageProcessor", () => {
  beforeAll(() => useEngine("cpu", { quiet: true }));

  const { cases } = JSON.parse(readFileSync(path.join(goldens, "pillow", "processor.json"), "utf8")) as {
    cases: Case[];
  };

  it.each(cases.map((one) => [`${one.from.join("x")} with ${describeSteps(one.config)}`, one] as const))(
    "gives the float32 numbers of transformers to the last bit: %s",
    async (_, one) => {
      const values = await new ImageProcessor(one.config, { channels: one.from[2] }).tensor(noise(one));
      expect(values.shape).toEqual(one.shape);
      expect(sha256(new Uint8Array((values.dataSync() as Float32Array).buffer))).toBe(one.sha256);
      values.dispose();
    },
  );

  it("keeps the config as it was, with fields that have no effect", () => {
    const config = { size: 32, image_processor_type: "ViTImageProcessor", _valid_processor_keys: ["images"] };
    expect(new ImageProcessor(config).config).toEqual(config);
  });

  it("keeps proportions where the config names the shortest edge", async () => {
    const wide = await new ImageProcessor({ size: { shortest_edge: 20 } }).pixels(image);
    expect([wide.height, wide.width]).toEqual([25, 20]);
    const strip = noise({ seed: 3, from: [1, 9000, 3] });
    await expect(new ImageProcessor({ size: { shortest_edge: 20 } }).pixels(strip)).rejects.toThrow(
      new VitlabError(
        "an image of 1x9000 would become 20x180000 with the image processor's size: cut it to a squarer part first",
      ),
    );
  });

  it("makes gray color, and color gray as Pillow does", async () => {
    const gray: ByteImage = { width: 1, height: 2, channels: 1, pixels: Uint8Array.of(7, 200) };
    const color = await new ImageProcessor({ do_resize: false }).pixels(gray);
    expect([...color.pixels]).toEqual([7, 7, 7, 200, 200, 200]);
    // Image.new("RGB", (1, 1), (10, 200, 90)).convert("L") is 131.
    const green: ByteImage = { width: 1, height: 1, channels: 3, pixels: Uint8Array.of(10, 200, 90) };
    const back = await new ImageProcessor({ do_resize: false }, { channels: 1 }).pixels(green);
    expect([...back.pixels]).toEqual([131]);
  });

  it("makes one batch of several pictures, files, bytes and tensors alike", async () => {
    const file = path.join(goldens, "processor", "gradient_32x32.png");
    const bytes = await new ImageProcessor({ do_resize: false }).pixels(file);
    const tensor = tf.tensor3d(Float32Array.from(bytes.pixels), [32, 32, 3]);
    const batch = await new ImageProcessor({ size: 8 }).tensor([file, bytes, tensor]);
    expect(batch.shape).toEqual([3, 8, 8, 3]);
    const [one, two, three] = tf.unstack(batch).map((part) => [...part.dataSync()]);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  });

  it("refuses pictures of different sizes in one batch", async () => {
    const processor = new ImageProcessor({ do_resize: false });
    await expect(processor.tensor([image, noise({ seed: 2, from: [4, 4, 3] })])).rejects.toThrow(
      new VitlabError(
        "images of 40x31 and 4x4 don't fit in one batch: give them one by one, or a config whose size has height and width",
      ),
    );
  });
});

describe("ImageProcessor refuses what was normalized before, as the article does it,", () => {
  beforeAll(() => useEngine("cpu", { quiet: true }));

  const rest =
    ": a second time all of it would become nearly the same number (-1 to 1 becomes -1.008 to -0.992) and the model " +
    "would see an even, almost black picture; give the processor bytes from 0 to 255, or give these numbers to the model without it";

  it("in [-1, 1]", async () => {
    const stored = tf.tidy(() => tf.transpose(golden.tensor("double/input"), [1, 2, 0])) as tf.Tensor3D;
    await expect(new ImageProcessor().tensor(stored)).rejects.toThrow(
      new VitlabError(`the image has values from -1 to 1, so it was normalized before${rest}`),
    );
  });

  it("what it refuses is what the golden shows: contrast falls to 1/127.5", () => {
    const once = golden.data("double/input");
    const twice = golden.data("double/output");
    for (const [i, value] of once.entries()) expect(twice[i]).toBeCloseTo(value / 127.5 - 1, 5);
  });

  it("in [0, 1]", async () => {
    const values = tf.tensor3d([0, 0.5, 1], [1, 1, 3]);
    await expect(new ImageProcessor().tensor(values)).rejects.toThrow(
      new VitlabError(`the image has values from 0 to 1, so it was rescaled before${rest}`),
    );
  });

  it("also where plain JavaScript puts floats in the place of bytes", async () => {
    const floats = { width: 1, height: 1, channels: 3, pixels: Float32Array.of(-0.2, 0.1, 0.3) };
    await expect(new ImageProcessor().pixels(floats as unknown as ByteImage)).rejects.toThrow(
      "the image has values from -0.2 to 0.3, so it was normalized before",
    );
  });

  it("but takes floats that are bytes, and a picture of bytes that is nearly black", async () => {
    const floats = tf.tensor3d([0, 128, 255], [1, 1, 3]);
    const processor = new ImageProcessor({ do_resize: false });
    expect([...(await processor.pixels(floats)).pixels]).toEqual([0, 128, 255]);
    const dark: ByteImage = { width: 1, height: 1, channels: 3, pixels: Uint8Array.of(0, 1, 0) };
    expect([...(await processor.pixels(dark)).pixels]).toEqual([0, 1, 0]);
  });

  it.each([
    [[0, 1, 300], "the image has values from 0 to 300: bytes are expected, whole numbers from 0 to 255"],
    [
      [0.5, 17, 200],
      "the image has values from 0.5 to 200, not all whole: bytes are expected, whole numbers from 0 to 255",
    ],
    [[0, Number.NaN, 3], "the image has a value NaN: bytes from 0 to 255 are expected"],
  ])("and other numbers that are no bytes: %j", async (values, message) => {
    await expect(new ImageProcessor().tensor(tf.tensor3d(values, [1, 1, 3]))).rejects.toThrow(new VitlabError(message));
  });
});

describe("an image processor's mistakes in one sentence", () => {
  const configs: [ImageProcessorConfig, string][] = [
    [
      { size: { width: 3 } },
      'the image processor\'s size is {"width":3}: give a number of pixels, [height, width], { "height": …, "width": … }, { "shortest_edge": … } with or without "longest_edge", or { "max_height": …, "max_width": … }',
    ],
    [
      { size: [3, 4, 5] } as unknown as ImageProcessorConfig,
      'the image processor\'s size is [3,4,5]: give a number of pixels, [height, width], { "height": …, "width": … }, { "shortest_edge": … } with or without "longest_edge", or { "max_height": …, "max_width": … }',
    ],
    [
      { do_center_crop: true, crop_size: { shortest_edge: 4 } },
      'the image processor\'s crop_size is {"shortest_edge":4}: give a number of pixels, [height, width] or { "height": …, "width": … }',
    ],
    [
      { do_center_crop: true },
      "the image processor's crop_size is missing: give it, or set the do_… that needs it to false",
    ],
    [{ crop_pct: 0 }, "the image processor's crop_pct is 0: give a share above 0, such as 0.875"],
    [{ size: 0 }, "the image processor's size is 0: give a whole number of pixels from 1 to 8192"],
    [
      { resample: 9 },
      "the image processor's resample is 9: give one of 0 (nearest), 1 (lanczos), 2 (bilinear), 3 (bicubic), 4 (box), 5 (hamming)",
    ],
    [
      { image_mean: [0.1, 0.2] },
      "the image processor's image_mean has 2 numbers and the model takes 3 channels: give one a channel",
    ],
    [
      { image_std: [0.5, 0, 0.5] },
      "the image processor's image_std is [0.5,0,0.5]: give a number a channel, none of them 0",
    ],
    [
      { rescale_factor: 0 },
      "the image processor's rescale_factor is 0: give a number other than 0, such as 0.00392156862745098",
    ],
    [
      { do_resize: "yes" } as unknown as ImageProcessorConfig,
      'the image processor\'s do_resize is "yes": give true or false',
    ],
  ];

  it.each(configs)("%j", (config, message) => {
    expect(() => new ImageProcessor(config)).toThrow(new VitlabError(message));
  });

  it("channels and inputs that it can't take", async () => {
    expect(() => new ImageProcessor({}, { channels: 4 })).toThrow(
      new VitlabError("an image processor can't make 4 channels: give 3 (color) or 1 (gray)"),
    );
    expect(() => new ImageProcessor({ do_convert_rgb: true }, { channels: 1 })).toThrow(
      "do_convert_rgb makes 3 channels and the model takes 1",
    );
    await expect(new ImageProcessor().tensor([])).rejects.toThrow("the image processor got no images");
    await expect(new ImageProcessor().tensor(5 as unknown as ProcessorInput)).rejects.toThrow(
      "the image processor got 5: expected the path of a picture",
    );
    const batch = tf.zeros([1, 2, 2, 3]) as unknown as tf.Tensor3D;
    await expect(new ImageProcessor().tensor(batch)).rejects.toThrow(
      "the image processor got a tensor [1, 2, 2, 3]: expected one image [height, width, channels]",
    );
  });
});

describe("loadImageProcessor", () => {
  it("reads preprocessor_config.json", async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "preprocessor_config.json"), '{ "size": 20, "resample": 3, "device": "cpu" }');
    const processor = await loadImageProcessor(dir);
    expect(processor.config).toEqual({ size: 20, resample: 3, device: "cpu" });
    expect((await processor.pixels(image)).width).toBe(20);
  });

  it("states ViT's defaults where there is none", async () => {
    const dir = temporaryFolder();
    const said: string[] = [];
    const processor = await loadImageProcessor(dir, { size: 32, say: (text) => said.push(text) });
    expect(said).toEqual([
      `${dir} has no preprocessor_config.json: images are resized to 32x32 (bilinear) and brought to [-1, 1]`,
    ]);
    expect(await processor.pixels(image)).toEqual(await new ImageProcessor({ size: 32 }).pixels(image));
  });

  it.each([
    ["{ size:", /preprocessor_config\.json is not JSON: it was cut off or changed; get it again$/],
    ["[1]", /preprocessor_config\.json does not hold a JSON object; get it again$/],
  ])("refuses %s", async (text, message) => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "preprocessor_config.json"), text);
    await expect(loadImageProcessor(dir)).rejects.toThrow(message);
    await expect(loadImageProcessor(dir)).rejects.toThrow(VitlabError);
  });
});

function describeSteps({ do_resize, size, do_center_crop, do_rescale, do_normalize }: ImageProcessorConfig): string {
  return JSON.stringify({ do_resize, size, do_center_crop, do_rescale, do_normalize });
}
