import type { Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { dropPositions, shufflePositions } from "../../src/explain/intervening/position-edits";
import { tf } from "../../src/tensor/tf";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../support/engines";

const CONFIG: ViTConfig = {
  ...{ imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 8, classes: 3 },
  ...{ initialization: "torch", distillationToken: true, registerTokens: 2 },
};

/** Tokens that enter the first block, `[tokens, dim]`. */
function tokens(model: ViT, images: Tensor4D, edit = {}): number[][] {
  const { logits, trace } = model.run(images, { names: ["embeddings"], edit });
  const rows = (trace.get("embeddings").arraySync() as number[][][])[0] as number[][];
  logits.dispose();
  trace.dispose();
  return rows;
}

const minus = (a: number[][], b: number[][]) => a.map((row, i) => row.map((x, j) => x - (b[i] as number[])[j]!));
const largest = (rows: number[][]) => Math.max(...rows.flat().map(Math.abs));

onEveryEngine("edits of positions", () => {
  it.each(["learned", "sincos1d"] as const)("take %s positions away, or give patches each other's", (positions) => {
    expectNoLeak(() => {
      const model = new ViT({ ...CONFIG, positions }, { seed: 1 });
      const images = tf.ones([1, 8, 8, 3]) as Tensor4D;
      const before = tokens(model, images);
      const table = tf.tidy(() => model.embeddings.positions({ rows: 2, columns: 2 })!.arraySync()) as number[][];
      const none = Array.from({ length: 8 }, () => 0);
      // Class and distillation token, two registers without a place, four patches.
      const placed = [...table.slice(0, 2), none, none, ...table.slice(2)];
      const dropped = tokens(model, images, { embeddings: dropPositions(model) });
      expect(largest(minus(dropped, minus(before, placed)))).toBeLessThan(1e-5);

      const moved = tokens(model, images, { embeddings: shufflePositions(model, 3) });
      expect(largest(minus(moved.slice(0, 4), before.slice(0, 4)))).toBeLessThan(1e-5);
      // Equal patches differ by their positions alone.
      const sorted = (rows: number[][]) => [...rows].sort((a, b) => a[0]! - b[0]!);
      expect(largest(minus(sorted(moved.slice(4)), sorted(before.slice(4))))).toBeLessThan(1e-5);
      expect(largest(minus(moved, before))).toBeGreaterThan(1e-3);
      expect(tokens(model, images, { embeddings: shufflePositions(model, 3) })).toEqual(moved);
      images.dispose();
      model.dispose();
    });
  });
});

it("edits of positions refuse a model that has none, and what is no model", () => {
  const model = new ViT({ ...CONFIG, positions: "none" }, { seed: 1 });
  expect(() => dropPositions(model)).toThrow("has none to change: leave it out");
  expect(() => shufflePositions(model)).toThrow("has none to change: leave it out");
  expect(() => dropPositions("vit" as never)).toThrow("give a ViT");
  expect(() => shufflePositions(model, Number.NaN)).toThrow();
  model.dispose();
});
