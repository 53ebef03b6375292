import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readImage } from "../../src/data/image-file";
import { type LoadedViT, loadViT } from "../../src/hub/load-vit";
import { drawAttention } from "../../src/panels/draw-attention";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint } from "../../src/train/checkpoint/model-checkpoint";

const data = join(__dirname, "..", "..", "data");
const chelsea = join(data, "chelsea.png");

let vit: LoadedViT;
beforeAll(async () => {
  await useEngine("wasm", { quiet: true });
  vit = await loadViT(join(data, "models", "vit-cifar10"), { say: () => {} });
});
afterAll(() => vit.model.dispose());

describe("drawAttention", () => {
  it("draws where a model looks in a photograph, in one call", async () => {
    const before = tf.memory().numTensors;
    const figure = await drawAttention(vit, chelsea);
    expect(tf.memory().numTensors).toBe(before);
    expect(figure.text.split("\n")).toEqual([
      "What the class token looks at: block 4, mean of 5 heads",
      "image of 451x300 pixels, 64 patches in 8 rows and 8 columns",
      "most on patch 29 (0.1128), uniform would be 0.01441; colors from 0 to 0.1128",
      "7.8% of the attention went to the class token, which is not in the picture",
    ]);
    expect((await drawAttention(vit, await readImage(chelsea))).text).toBe(figure.text);
  });

  it("takes a block, a head, a query, and how it is drawn", async () => {
    const { text } = await drawAttention(vit, chelsea, { block: 1, head: 2, query: 27, title: "Mine", zmax: 0.5 });
    expect(text).toMatch(/^Mine\n.*query patch 27\n/);
    expect(text).toContain("colors from 0 to 0.5");
    await expect(drawAttention(vit, chelsea, { hed: 2 } as never)).rejects.toThrow("drawAttention has no option hed");
    await expect(drawAttention(vit, chelsea, { grid: [2, 2] } as never)).rejects.toThrow("has no option grid");
    await expect(drawAttention(vit, "none.jpg")).rejects.toThrow("there is no file none.jpg");
  });

  it("takes a checkpoint, whose pictures are cut to the model's proportions", async () => {
    const loaded = await loadCheckpoint(join(data, "models", "article-shapes"));
    const { text } = await drawAttention(loaded, chelsea);
    expect(text).toMatch(/the model saw columns 7[56] to 37[45] and rows 0 to 299 of it; the rest is dim/);
    loaded.model.dispose();
  });
});
