import type { Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { type Positions, sincos1d, sincos2d } from "../../src/nn/positions";
import { resizeBicubic } from "../../src/tensor/bicubic";
import { tf } from "../../src/tensor/tf";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn } from "../tensor/directional-derivative";

const base: ViTConfig = {
  imageSize: [8, 12],
  patchSize: 4,
  dim: 8,
  depth: 1,
  heads: 2,
  mlpDim: 8,
  classes: 3,
  pool: "mean",
};

onEveryEngine("positions", () => {
  for (const positions of ["learned", "sincos1d", "sincos2d", "none"] as Positions[])
    for (const classToken of [true, false])
      it(`${positions} ${classToken ? "with" : "without"} a class token: at the model's own size and at another`, () => {
        const model = new ViT({ ...base, positions, classToken });
        const names = [...model.embeddings.namedParameters().keys()];
        expect(names.includes("positionEmbedding")).toBe(positions === "learned");
        expect(names.includes("classToken")).toBe(classToken);
        tf.tidy(() => {
          const own = drawn<Tensor4D>([2, 8, 12, 3], new Random(0));
          const logits = model.forward(own);
          expect(logits.shape).toEqual([2, 3]);
          // Where the size is the model's own nothing is stretched.
          expect([...model.forward(own, { interpolatePositions: true }).dataSync()]).toEqual([...logits.dataSync()]);
          const { logits: wide, trace } = model.run(drawn<Tensor4D>([2, 16, 4, 3], new Random(1)), {
            interpolatePositions: true,
          });
          expect(wide.shape).toEqual([2, 3]);
          expect(trace.get("embeddings").shape).toEqual([2, classToken ? 5 : 4, 8]);
          trace.dispose();
        });
        model.dispose();
      });

  it.each(["learned", "sincos1d", "sincos2d", "none"] as const)(
    "%s with a distillation token, which stands between the class token and the patches",
    (positions) => {
      const model = new ViT({ ...base, positions, distillationToken: true });
      tf.tidy(() => {
        const images = drawn<Tensor4D>([2, 8, 12, 3], new Random(0));
        const { trace, logits } = model.run(images);
        const tokens = trace.get<Tensor3D>("embeddings");
        expect(tokens.shape).toEqual([2, 8, 8]);
        const table = model.embeddings.positions({ rows: 2, columns: 3 });
        const place = table ? tf.slice(table, [1, 0], [1, 8]) : tf.zeros([1, 8]);
        const wanted = tf.add(model.embeddings.distillationToken as unknown as Tensor2D, place);
        expect([...tf.slice(tokens, [1, 1, 0], [1, 1, 8]).dataSync()]).toEqual([...wanted.dataSync()]);
        // The mean of the patches leaves both tokens out.
        const pooled = tf.mean(tf.slice(trace.get<Tensor3D>("normalized"), [0, 2, 0], [2, 6, 8]), 1);
        expect([...trace.get("pooled").dataSync()]).toEqual([...pooled.dataSync()]);
        expect(logits.shape).toEqual([2, 3]);
        const wide = drawn<Tensor4D>([1, 16, 4, 3], new Random(1));
        expect(model.forward(wide, { interpolatePositions: true }).shape).toEqual([1, 3]);
        trace.dispose();
      });
      model.dispose();
    },
  );

  it("learned ones are stretched over the new grid, the class token's stays", () => {
    const model = new ViT({ ...base, positions: "learned" });
    tf.tidy(() => {
      const own = model.embeddings.positionEmbedding as unknown as Tensor3D;
      const got = model.embeddings.positions({ rows: 4, columns: 5 });
      expect(got?.shape).toEqual([21, 8]);
      const grid = tf.reshape(tf.slice(own, [1, 0], [6, 8]), [2, 3, 8]) as Tensor3D;
      const wanted = tf.concat([tf.slice(own, [0, 0], [1, 8]), tf.reshape(resizeBicubic(grid, 4, 5), [20, 8])], 0);
      expect([...(got?.dataSync() ?? [])]).toEqual([...wanted.dataSync()]);
    });
    model.dispose();
  });

  it("of sines and cosines are computed anew; the class token has index 0, or no place in two dimensions", () => {
    const values = (positions: Positions, rows: number, columns: number) => {
      const model = new ViT({ ...base, positions });
      const tensor = model.embeddings.positions({ rows, columns });
      const data = [...(tensor?.dataSync() ?? [])];
      tensor?.dispose();
      model.dispose();
      return data;
    };
    expect(values("sincos1d", 2, 3)).toEqual([...sincos1d(7, 8)]);
    expect(values("sincos1d", 5, 1)).toEqual([...sincos1d(6, 8)]);
    expect(values("sincos2d", 2, 3)).toEqual([...new Float32Array(8), ...sincos2d(2, 3, 8)]);
    expect(values("sincos2d", 1, 4)).toEqual([...new Float32Array(8), ...sincos2d(1, 4, 8)]);
    expect(values("none", 2, 3)).toEqual([]);
  });

  it("are the caller's to dispose of: the parameter stays, nothing is left behind", () => {
    for (const positions of ["learned", "sincos2d"] as Positions[]) {
      const model = new ViT({ ...base, positions });
      for (const grid of [
        { rows: 2, columns: 3 },
        { rows: 4, columns: 4 },
      ])
        expectNoLeak(() => model.embeddings.positions(grid)?.dispose());
      expect(model.parameters().every((parameter) => !parameter.isDisposed)).toBe(true);
      model.dispose();
    }
  });

  it("without positions and class token the model doesn't care where a patch is", () => {
    const model = new ViT({ ...base, positions: "none", classToken: false });
    tf.tidy(() => {
      const images = drawn<Tensor4D>([1, 8, 12, 3], new Random(2));
      const [left, right] = [
        tf.slice(images, [0, 0, 0, 0], [1, 8, 4, 3]),
        tf.slice(images, [0, 0, 4, 0], [1, 8, 8, 3]),
      ];
      const moved = tf.concat([right, left], 2) as Tensor4D;
      const difference = tf.sub(model.forward(images), model.forward(moved));
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  it("start as small truncated normals in ViT, as standard normals in the article's program", () => {
    const largest = (initialization: "vit" | "torch") => {
      const model = new ViT({ ...base, imageSize: 64, initialization });
      const data = model.stateDict()["embeddings.positionEmbedding"]?.data as Float32Array;
      model.dispose();
      return Math.max(...data.map(Math.abs));
    };
    expect(largest("vit")).toBeLessThanOrEqual(0.04);
    expect(largest("torch")).toBeGreaterThan(2);
  });

  it("start as half the sines of row and column under mimetic, and are learned from there", () => {
    const started = new ViT({ ...base, initialization: "mimetic" });
    const fixed = new ViT({ ...base, positions: "sincos2d" });
    tf.tidy(() => {
      const grid = { rows: 2, columns: 3 };
      const sines = tf.mul(0.5, fixed.embeddings.positions(grid) as Tensor2D);
      expect([...(started.embeddings.positions(grid) as Tensor2D).dataSync()]).toEqual([...sines.dataSync()]);
    });
    expect(started.embeddings.positionEmbedding?.trainable).toBe(true);
    started.dispose();
    fixed.dispose();
  });

  it("the class token stands in front, the same for each image", () => {
    const model = new ViT(base);
    tf.tidy(() => {
      const { trace } = model.run(drawn<Tensor4D>([2, 8, 12, 3], new Random(3)));
      const token = tf.add(
        model.embeddings.classToken as unknown as Tensor3D,
        tf.slice(model.embeddings.positionEmbedding as unknown as Tensor3D, [0, 0], [1, 8]),
      );
      for (const image of [0, 1])
        expect([...tf.slice(trace.get("embeddings"), [image, 0, 0], [1, 1, 8]).dataSync()]).toEqual([
          ...token.dataSync(),
        ]);
      trace.dispose();
    });
    model.dispose();
  });
});
