import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readImage } from "../../src/data/image-file";
import { type LoadedViT, loadViT } from "../../src/hub/load-vit";
import { photoAttention } from "../../src/hub/photo-attention";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { ViT } from "../../src/vit/model";

const root = join(__dirname, "..", "..");
const chelsea = join(root, "data", "chelsea.png");
const golden = JSON.parse(readFileSync(join(__dirname, "..", "goldens", "attention", "chelsea.json"), "utf8"));

let vit: LoadedViT;
beforeAll(async () => {
  await useEngine("wasm", { quiet: true });
  vit = await loadViT(join(root, "data", "models", "vit-cifar10"), { say: () => {} });
});
afterAll(() => vit.model.dispose());

describe("attention over a photograph", () => {
  it("is what transformers computes of the same file", async () => {
    const photo = await readImage(chelsea);
    for (const { block, head, query, weights, classToken } of golden.rows) {
      const found = await photoAttention(vit, photo, { block, head, query });
      expect(found.weights).toHaveLength(64);
      weights.forEach((weight: number, i: number) => {
        expect(Math.abs(found.weights[i]! - weight)).toBeLessThan(1e-5);
      });
      expect(found.classToken).toBeCloseTo(classToken, 5);
    }
  });

  it("comes with what the model says, and the part that it saw", async () => {
    const found = await photoAttention(vit, await readImage(chelsea));
    expect(found).toMatchObject({ block: 4, head: "mean", query: "class", heads: 5, grid: { rows: 8, columns: 8 } });
    expect(found.answer?.className).toBe(golden.label);
    expect(found.answer?.probability).toBeCloseTo(golden.probability, 4);
    expect(found.seen).toEqual({ left: 0, top: 0, width: 451, height: 300 });
    const sum = found.weights.reduce((total, weight) => total + weight, found.classToken ?? 0);
    expect(sum).toBeCloseTo(1, 5);
    expect((await photoAttention({ ...vit, newHead: true }, await readImage(chelsea))).answer).toBeUndefined();
  });

  it("takes a model alone, of a grid that isn't square, and leaves nothing behind", async () => {
    const config = {
      imageSize: [16, 32] as [number, number],
      patchSize: 8,
      dim: 8,
      depth: 1,
      heads: 2,
      mlpDim: 8,
      classes: 2,
    };
    const model = new ViT(config, { seed: 1 });
    const photo = { width: 40, height: 30, channels: 3, pixels: new Uint8Array(40 * 30 * 3).fill(9) };
    const before = tf.memory().numTensors;
    const found = await photoAttention(model, photo, { head: 1, query: 7 });
    expect(tf.memory().numTensors).toBe(before);
    expect([found.grid, found.weights.length]).toEqual([{ rows: 2, columns: 4 }, 8]);
    expect(found.answer?.className).toMatch(/^class [01]$/);
    // 40x30 is cut to 40x20 first.
    expect(Math.round(found.seen.top)).toBe(5);
    model.dispose();
  });

  it("refuses what is no model", async () => {
    const photo = await readImage(chelsea);
    await expect(photoAttention("vit-cifar10" as unknown as ViT, photo)).rejects.toThrow(
      'photoAttention got "vit-cifar10" for a model: give a ViT, or what loadModel or loadViT resolve to',
    );
  });

  it("refuses a block, head or query that isn't there by its name", async () => {
    const photo = { width: 8, height: 8, channels: 3, pixels: new Uint8Array(8 * 8 * 3) };
    const asked = (options: object) => photoAttention(vit, photo, options);
    await expect(asked({ block: 5 })).rejects.toThrow("there is no block 5: the model has blocks 0 to 4");
    await expect(asked({ head: 9 })).rejects.toThrow('there is no head 9: the model has heads 0 to 4, and "mean" is');
    await expect(asked({ query: 64 })).rejects.toThrow(
      'there is no query 64: give a patch, 0 to 63, or "class" for the class token',
    );
    await expect(asked({ querry: 1 })).rejects.toThrow("photoAttention has no option querry: did you mean query?");
    const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 1, mlpDim: 8, classes: 2 };
    const model = new ViT({ ...config, classToken: false, pool: "mean" }, { seed: 1 });
    await expect(photoAttention(model, photo)).rejects.toThrow(
      "the model has no class token to look from: name a patch as the query, 0 to 3",
    );
    expect((await photoAttention(model, photo, { query: 3 })).classToken).toBeUndefined();
    model.dispose();
  });
});
