import fc from "fast-check";
import { describe, expect } from "vitest";
import type { ByteImage } from "../../src/data/byte-image";
import { ImageProcessor } from "../../src/hub/image-processor";
import type { ImageProcessorConfig } from "../../src/hub/processor-config";
import { sizeFor } from "../../src/hub/processor-size";
import { PROCESSOR_TYPES, processorTypeOfModel } from "../../src/hub/processor-type";
import { editedJson, type Json } from "./damaged-json";
import { checkPrototypes, fuzz, taken } from "./fuzz";

const size = fc.constantFrom<Json>(8, [6, 8], { height: 6, width: 8 }, { shortest_edge: 8 }, 384, {
  shortest_edge: 4,
  longest_edge: 9,
});
const numbers = fc.constantFrom<Json>(0.5, [0.5], [0.5, 0.4, 0.3]);
const configs = fc
  .record(
    {
      image_processor_type: fc.constantFrom(
        ...Object.keys(PROCESSOR_TYPES).map((name) => `${name}ImageProcessor`),
        "CLIPFeatureExtractor",
        "Other",
      ),
      do_resize: fc.constantFrom(true, false, null),
      size,
      resample: fc.nat(5),
      default_to_square: fc.boolean(),
      crop_pct: fc.constantFrom(0.875, 0.9),
      do_center_crop: fc.boolean(),
      crop_size: size,
      do_rescale: fc.boolean(),
      rescale_factor: fc.constantFrom(1 / 255, 2),
      do_normalize: fc.boolean(),
      image_mean: numbers,
      image_std: numbers,
      do_pad: fc.boolean(),
      pad_size: size,
      do_convert_rgb: fc.boolean(),
      auto_map: fc.constant({ AutoImageProcessor: "code.Own" }),
      model_input_names: fc.constant(["pixel_values"]),
    },
    { requiredKeys: [] },
  )
  .map((fields) => fields as Json);

const picture: ByteImage = { width: 5, height: 3, channels: 3, pixels: Uint8Array.from({ length: 45 }, (_, i) => i) };

describe("an image processor of whatever JSON is refused in a sentence, or makes whole pictures of finite numbers", () => {
  fuzz("a preprocessor_config.json", fc.tuple(editedJson(configs), fc.constantFrom(1, 3)), ([text, channels]) => {
    const value = JSON.parse(text);
    taken(() => processorTypeOfModel((value as { image_processor_type?: unknown } | null)?.image_processor_type));
    const processor = taken(() => new ImageProcessor(value as ImageProcessorConfig, { channels }));
    checkPrototypes();
    if (!processor) return;
    const normalize = taken(() => processor.normalize);
    if (normalize)
      for (const list of [normalize.mean, normalize.std]) {
        expect(list.length).toBe(channels);
        expect(list.every(Number.isFinite)).toBe(true);
      }
    // A picture of thousands of pixels a side would take longer than what is tested here.
    if (isLarge(value, text)) return;
    const made = taken(() => processor.fit(picture));
    if (!made) return;
    expect(made.pixels.length).toBe(made.width * made.height * channels);
    expect(made.channels).toBe(channels);
  });

  fuzz(
    "a size",
    fc.tuple(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 9000 }), fc.nat(9000)),
    ([height, width, edge]) => {
      const sides = taken(() => sizeFor({ height, width }, { shortestEdge: edge, longestEdge: 2 * edge }));
      if (sides) expect(Math.min(sides.height, sides.width)).toBeGreaterThanOrEqual(1);
    },
    { share: 0.1 },
  );
});

function isLarge(value: { size?: unknown } | null, text: string): boolean {
  return /\d{3}/.test(text) || typeof value !== "object" || value === null || value.size === undefined;
}
