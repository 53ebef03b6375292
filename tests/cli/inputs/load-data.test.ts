import { describe, expect, it } from "vitest";
import { loadSplit } from "../../../src/cli/inputs/load-data";
import { imageAt } from "../../../src/data/dataset";
import { shapes } from "../../../src/data/shapes";
import { ImageProcessor } from "../../../src/hub/image-processor";
import { useEngine } from "../../../src/tensor/node/engine";
import { ViT } from "../../../src/vit/model";

describe("images of a named data set, for a model that takes others", () => {
  const config = { imageSize: [16, 24] as [number, number], patchSize: 8, dim: 8, depth: 1, heads: 2, mlpDim: 8 };

  it("are resized and get its channels, as its image processor says", async () => {
    await useEngine("cpu", { quiet: true });
    const model = new ViT({ ...config, channels: 1, classes: 10 });
    const processor = new ImageProcessor({ size: { height: 16, width: 24 }, resample: 3 }, { channels: 1 });
    const fit = { model, imageSize: [16, 24] as const, imageProcessor: () => processor };
    const split = await loadSplit({ kind: "drawn", name: "shapes-v2" }, "validation", {
      imageSize: [16, 24],
      fit,
      validation: 20,
    });
    expect(split).toMatchObject({ height: 16, width: 24, channels: 1, length: 20 });
    const drawn = imageAt(shapes({ split: "validation", size: 24, count: 20 }), 7);
    expect([...imageAt(split, 7).pixels]).toEqual([...(await processor.pixels(drawn)).pixels]);
    model.dispose();
  });

  it("are resized by ViT's bilinear filter where it has none", async () => {
    const model = new ViT({ ...config, classes: 10 });
    const fit = { model, imageSize: [16, 24] as const };
    const split = await loadSplit({ kind: "drawn", name: "shapes-v2" }, "test", { imageSize: [16, 24], fit });
    const drawn = imageAt(shapes({ split: "test", size: 24 }), 3);
    const expected = new ImageProcessor({ size: { height: 16, width: 24 } }).fit(drawn);
    expect([...imageAt(split, 3).pixels]).toEqual([...expected.pixels]);
    model.dispose();
  });

  it("stay as they are where they fit, and are refused where no model says how to make them fit", async () => {
    const model = new ViT({ ...config, imageSize: 24, classes: 10 });
    const fit = { model, imageSize: [24, 24] as const };
    const split = await loadSplit({ kind: "drawn", name: "shapes-v2" }, "validation", { imageSize: [24, 24], fit });
    expect(split.transform).toBeUndefined();
    await expect(loadSplit({ kind: "drawn", name: "shapes-v2" }, "train", { imageSize: [16, 24] })).rejects.toThrow(
      "images of shapes-v2 are square, and the model takes images of 16x24: use a folder instead",
    );
    model.dispose();
  });
});
