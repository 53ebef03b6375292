import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadImageProcessor } from "../../../src/hub/image-processor";
import { useEngine } from "../../../src/tensor/node/engine";

const goldens = path.join(__dirname, "..", "..", "goldens", "pictures");
const model = path.join(__dirname, "..", "..", "..", "data", "models", "vit-cifar10");
const hashes: Record<string, string> = JSON.parse(readFileSync(path.join(goldens, "tensors.json"), "utf8"));

beforeAll(() => useEngine("cpu", { quiet: true }));

describe("an image processor", () => {
  it(`makes of a file the numbers that transformers does, to the bit: ${Object.keys(hashes).length} kinds`, async () => {
    const processor = await loadImageProcessor(model, { passOrder: "pillow13" });
    for (const [name, hash] of Object.entries(hashes)) {
      const tensor = await processor.tensor([path.join(goldens, "kinds", name)]);
      const values = new Uint8Array(Float32Array.from(tensor.dataSync()).buffer);
      tensor.dispose();
      expect(createHash("sha256").update(values).digest("hex"), name).toBe(hash);
    }
  });
});
