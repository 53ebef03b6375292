import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it, vi } from "vitest";
import { VitlabError } from "../../src/base/error";
import { Random } from "../../src/base/random";
import type { Edit } from "../../src/nn/forward-context";
import { Trace } from "../../src/nn/trace";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { presets } from "../../src/vit/presets";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn } from "../tensor/directional-derivative";

const config: ViTConfig = { imageSize: [8, 12], patchSize: 4, dim: 8, depth: 2, heads: 2, mlpDim: 10, classes: 3 };

/** Images of the config's size. */
function images(batch: number, seed = 0): Tensor4D {
  return drawn<Tensor4D>([batch, 8, 12, 3], new Random(seed));
}

function expectSame(got: Tensor, wanted: Tensor): void {
  expect(got.shape).toEqual(wanted.shape);
  expect([...got.dataSync()]).toEqual([...wanted.dataSync()]);
}

function largestDifference(a: Tensor, b: Tensor): number {
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number);
}

onEveryEngine("ViT", () => {
  const bothNorms: [string, ViTConfig][] = [
    ["pre-norm", { ...config, dropout: 0.3, attentionDropout: 0.2, embeddingDropout: 0.1 }],
    [
      "post-norm, ReLU, mean of patches",
      { ...config, norm: "post", activation: "relu", pool: "mean", dropout: 0.3, attentionDropout: 0.2 },
    ],
    ["one token, one head", { ...config, imageSize: 4, heads: 1, pool: "mean", classToken: false, qkvBias: false }],
    ["20 wide, 5 heads", { ...config, dim: 20, heads: 5, activation: "gelu_tanh", positions: "sincos2d" }],
  ];

  it.each(bothNorms)("%s: the same numbers traced or not, dropout and gradients included", (_, fields) => {
    const model = new ViT(fields, { seed: 1 });
    tf.tidy(() => {
      const size = model.config.imageSize;
      const [height, width] = typeof size === "number" ? [size, size] : size;
      const x = drawn<Tensor4D>([2, height, width, 3], new Random(2));
      const labels = tf.tensor1d([0, 2], "int32");
      expect(largestDifference(model.forward(x), model.run(x).logits)).toBeLessThan(1e-5);
      const gradients = (edit: Record<string, Edit>) => {
        const random = new Random(3);
        const { value, grads } = tf.variableGrads(
          () => crossEntropy(model.forward(x, { training: true, random, edit }), labels),
          model.parameters(),
        );
        return [value, ...model.parameters().map(({ name }) => grads[name] as Tensor)];
      };
      const everything = Object.fromEntries(
        model
          .run(x)
          .trace.names()
          .map((name) => [name, (value: Tensor) => value]),
      );
      const stepped = gradients(everything);
      gradients({}).forEach((gradient, i) => {
        expect(largestDifference(gradient, stepped[i] as Tensor)).toBeLessThan(1e-5);
      });
    });
    model.dispose();
  });

  it("traces some values as far as it must, and no further", () => {
    const model = new ViT(config, { seed: 1 });
    const later = vi.spyOn(model.blocks[1]!, "forward");
    tf.tidy(() => {
      const x = images(2);
      const whole = model.run(x).trace;
      later.mockClear();
      const names = ["embeddings", "blocks.0.attention.weights"];
      const first = model.trace(x, names);
      expect(first.names()).toEqual(names);
      for (const name of names) expect(largestDifference(first.get(name), whole.get(name))).toBeLessThan(1e-6);
      expect(later).not.toHaveBeenCalled();
      expect(model.trace(x, ["logits"]).has("logits")).toBe(true);
      expect(later).toHaveBeenCalledTimes(1);
      // In a tidy of its own: what is kept of the traces is freed by them.
      for (const trace of [whole, first]) trace.dispose();
    });
    model.dispose();
  });

  it("refuses to trace what it doesn't compute, and leaves nothing behind", () => {
    const model = new ViT(config);
    const x = images(1);
    expectNoLeak(() => expect(() => model.trace(x, ["blocks.7.output"])).toThrow("which this model doesn't compute"));
    expectNoLeak(() => model.trace(x, ["blocks.0.output", "logits"]).dispose());
    tf.dispose([x]);
    model.dispose();
  });

  it("gives an image the same logits, bit for bit, whatever else is in the batch", () => {
    for (const fields of [presets.articleSimpleViT, { ...presets.tiny, depth: 2 }]) {
      const model = new ViT(fields);
      tf.tidy(() => {
        const draw = (seed: number) => drawn<Tensor4D>([1, 32, 32, 3], new Random(seed));
        const [a, b, other, c] = [draw(0), draw(1), draw(2), draw(3)] as [Tensor4D, Tensor4D, Tensor4D, Tensor4D];
        const logitsOf = (...batch: Tensor4D[]) => model.forward(tf.concat(batch, 0)).arraySync();
        const before = logitsOf(a, b, c);
        const after = logitsOf(a, other, c);
        expect(after[0]).toEqual(before[0]);
        expect(after[2]).toEqual(before[2]);
        expect(after[1]).not.toEqual(before[1]);
        expect(largestDifference(model.forward(a), tf.tensor2d([before[0] as number[]]))).toBeLessThan(1e-5);
      });
      model.dispose();
    }
  });

  it("mixes the images of a batch where attention runs over the batch, as in the article as printed", () => {
    const model = new ViT({ ...presets.articleAsPrinted, pool: "mean" });
    tf.tidy(() => {
      const draw = (seed: number) => drawn<Tensor4D>([1, 32, 32, 3], new Random(seed));
      const first = (other: number) =>
        tf.slice(model.forward(tf.concat([draw(0), draw(other)], 0) as Tensor4D), [0, 0], [1, 10]);
      expect(largestDifference(first(1), first(2))).toBeGreaterThan(1e-4);
    });
    model.dispose();
  });

  it("starts at zero with seed null, for weights that are loaded next", () => {
    const model = new ViT(config, { seed: null });
    for (const [name, { data }] of Object.entries(model.stateDict()))
      expect([name, data.every((value) => value === (/norm\d?\.weight/.test(name) ? 1 : 0))]).toEqual([name, true]);
    model.dispose();
  });

  it("starts the same for the same seed, otherwise for another", () => {
    const start = (seed?: number) => {
      const model = new ViT(config, seed === undefined ? {} : { seed });
      const state = model.stateDict();
      model.dispose();
      return state;
    };
    expect(start(5)).toEqual(start(5));
    expect(start()).toEqual(start(0));
    expect(start(5)["head.weight"]).not.toEqual(start(6)["head.weight"]);
  });

  it("names every value of a run, in the order it is computed, with its shape", () => {
    const model = new ViT(config);
    const x = images(2);
    const { logits, trace } = model.run(x);
    const block = (i: number) => ({
      [`blocks.${i}.input`]: "[2, 7, 8]",
      [`blocks.${i}.norm1.output`]: "[2, 7, 8]",
      [`blocks.${i}.attention.query`]: "[2, 2, 7, 4]",
      [`blocks.${i}.attention.key`]: "[2, 2, 7, 4]",
      [`blocks.${i}.attention.value`]: "[2, 2, 7, 4]",
      [`blocks.${i}.attention.scores`]: "[2, 2, 7, 7]",
      [`blocks.${i}.attention.weights`]: "[2, 2, 7, 7]",
      [`blocks.${i}.attention.heads`]: "[2, 2, 7, 4]",
      [`blocks.${i}.attention.context`]: "[2, 7, 8]",
      [`blocks.${i}.attention.output`]: "[2, 7, 8]",
      [`blocks.${i}.middle`]: "[2, 7, 8]",
      [`blocks.${i}.norm2.output`]: "[2, 7, 8]",
      [`blocks.${i}.mlp.hidden`]: "[2, 7, 10]",
      [`blocks.${i}.mlp.output`]: "[2, 7, 8]",
      [`blocks.${i}.output`]: "[2, 7, 8]",
    });
    expect(Object.entries(trace.shapes())).toEqual(
      Object.entries({
        patches: "[2, 6, 48]",
        patchEmbeddings: "[2, 6, 8]",
        embeddings: "[2, 7, 8]",
        ...block(0),
        ...block(1),
        normalized: "[2, 7, 8]",
        pooled: "[2, 8]",
        logits: "[2, 3]",
      }),
    );
    expectSame(trace.get("logits"), logits);
    expectSame(trace.get("blocks.1.input"), trace.get("blocks.0.output"));
    trace.dispose();
    tf.dispose([logits, x]);
    model.dispose();
  });

  it("without a final normalization names none", () => {
    const model = new ViT({ ...config, norm: "post" });
    tf.tidy(() => {
      const { trace } = model.run(images(1));
      expect(trace.has("normalized")).toBe(false);
      trace.dispose();
    });
    model.dispose();
  });

  it("pools the class token, or the mean of the patches without it", () => {
    for (const [pool, classToken] of [
      ["cls", true],
      ["mean", true],
      ["mean", false],
    ] as ["cls" | "mean", boolean][]) {
      const model = new ViT({ ...config, pool, classToken });
      tf.tidy(() => {
        const { trace } = model.run(images(2));
        const tokens = trace.get("normalized");
        const first = classToken ? 1 : 0;
        const wanted =
          pool === "cls"
            ? tf.squeeze(tf.slice(tokens, [0, 0, 0], [2, 1, 8]), [1])
            : tf.mean(tf.slice(tokens, [0, first, 0], [2, 6, 8]), 1);
        expectSame(trace.get("pooled"), wanted);
        trace.dispose();
      });
      model.dispose();
    }
  });

  it("predict gives the sigmoid of each logit, or the logits, where the problem asks for it", () => {
    for (const [problemType, classes, wanted] of [
      ["multi_label_classification", 3, tf.sigmoid],
      ["single_label_classification", 1, tf.sigmoid],
      ["regression", 1, tf.clone],
      ["regression", 3, tf.clone],
    ] as const) {
      const other = new ViT({ ...config, problemType, classes });
      tf.tidy(() => {
        const x = images(2);
        expectSame(other.predict(x), wanted(other.forward(x)));
      });
      other.dispose();
    }
  });

  it("predict gives the softmax of the logits", () => {
    const model = new ViT(config);
    tf.tidy(() => {
      const x = images(2);
      expectSame(model.predict(x), tf.softmax(model.forward(x)));
      for (const sum of tf.sum(model.predict(x), -1).dataSync()) expect(sum).toBeCloseTo(1, 6);
    });
    model.dispose();
  });

  it("edit with the identity changes nothing", () => {
    const model = new ViT(config);
    tf.tidy(() => {
      const x = images(2);
      const { logits, trace } = model.run(x);
      const edit = Object.fromEntries(trace.names().map((name) => [name, (value: Tensor) => value]));
      expectSame(model.forward(x, { edit }), logits);
      expectSame(model.run(x, { edit }).logits, logits);
      trace.dispose();
    });
    model.dispose();
  });

  it("edit of one block changes what follows, and nothing before", () => {
    const model = new ViT(config);
    tf.tidy(() => {
      const x = images(2);
      // The second head attends to nothing.
      const mask = tf.tensor4d([1, 0], [1, 2, 1, 1]);
      const edit = { "blocks.1.attention.weights": (weights: Tensor) => tf.mul(weights, mask) };
      const [plain, edited] = [model.run(x), model.run(x, { edit })];
      expect(largestDifference(plain.logits, edited.logits)).toBeGreaterThan(1e-7);
      expectSame(edited.trace.get("blocks.0.output"), plain.trace.get("blocks.0.output"));
      const context = edited.trace.get("blocks.1.attention.context").arraySync() as number[][][];
      expect(context.flat().every((token) => token.slice(4).every((value) => value === 0))).toBe(true);
      expect(largestDifference(model.forward(x, { edit }), edited.logits)).toBeLessThan(1e-6);
      // Block 0, which nobody watches here, may run fused, and its sums end in another last digit.
      expect(largestDifference(model.predict(x, { edit }), tf.softmax(edited.logits))).toBeLessThan(1e-6);
      plain.trace.dispose();
      edited.trace.dispose();
    });
    model.dispose();
  });

  it.each(bothNorms)("%s: computed anew for the gradient it has the same gradients to the bit", (_, fields) => {
    const model = new ViT(fields, { seed: 4 });
    const [height, width] = [model.config.imageSize].flat() as [number, number?];
    const x = drawn<Tensor4D>([2, height, width ?? height, 3], new Random(5));
    const labels = tf.tensor1d([0, 2], "int32");
    const run = (recompute: boolean) =>
      tf.tidy(() => {
        const random = new Random(6);
        let kept = 0;
        const { value, grads } = tf.variableGrads(() => {
          const before = tf.memory().numBytes;
          const loss = crossEntropy(model.forward(x, { training: true, random, recompute }), labels);
          kept = tf.memory().numBytes - before;
          return loss;
        }, model.parameters());
        const numbers = [value, ...model.parameters().map(({ name }) => grads[name] as Tensor)];
        return { kept, numbers: numbers.map((tensor) => [...tensor.dataSync()]), next: random.uint32() };
      });
    const [plain, anew] = [expectNoLeak(() => run(false)), expectNoLeak(() => run(true))];
    expect(anew.numbers).toEqual(plain.numbers);
    expect(anew.next).toBe(plain.next);
    expect(anew.kept).toBeLessThan(0.7 * plain.kept);
    model.dispose();
    tf.dispose([x, labels]);
  });

  it("edit of logits is what comes out", () => {
    const model = new ViT(config);
    tf.tidy(() => {
      const edit = { logits: (logits: Tensor) => tf.mul(logits, 0) };
      expect(new Set(model.forward(images(1), { edit }).dataSync().map(Math.abs))).toEqual(new Set([0]));
    });
    model.dispose();
  });

  it("passes gradients through an edit", () => {
    const model = new ViT(config);
    tf.tidy(() => {
      const x = images(1);
      const slope = (edit: Record<string, Edit>) =>
        tf.grad((input: Tensor) => tf.sum(model.forward(input as Tensor4D, { edit })))(x);
      const doubled = slope({ logits: (logits) => tf.mul(logits, 2) });
      expect(largestDifference(doubled, tf.mul(slope({}), 2))).toBeLessThan(1e-5);
      // With every patch hidden the pixels matter no more.
      expect(tf.max(tf.abs(slope({ patches: (patches) => tf.zerosLike(patches) }))).dataSync()[0]).toBe(0);
    });
    model.dispose();
  });

  it("edit of a name that isn't there, or to another shape, says so and leaves nothing behind", () => {
    const model = new ViT(config);
    const x = images(1);
    expectNoLeak(() => {
      const wrong: [Record<string, Edit>, string][] = [
        [
          { "blocks.2.output": (value) => value },
          "edit names blocks.2.output, which this model doesn't compute; model.run(images).trace.names() lists the names",
        ],
        [
          { "blocks.0.output": (value) => tf.slice(value, [0, 1, 0], [1, 6, 8]) },
          "edit of blocks.0.output returned [1, 6, 8]: expected the shape it got, [1, 7, 8]",
        ],
      ];
      for (const [edit, sentence] of wrong) {
        expect(() => model.forward(x, { edit })).toThrow(sentence);
        expect(() => model.run(x, { edit })).toThrow(sentence);
      }
    });
    x.dispose();
    model.dispose();
  });

  it("says which images it expected", () => {
    const model = new ViT(config);
    const refuse = (shape: readonly number[], sentence: string) =>
      tf.tidy(() => {
        const wrong: Tensor = tf.zeros([...shape]);
        expect(() => model.forward(wrong as Tensor4D)).toThrow(VitlabError);
        expect(() => model.forward(wrong as Tensor4D)).toThrow(sentence);
      });
    refuse(
      [8, 12, 3],
      "the model got [8, 12, 3]: expected images [batch, 8, 12, 3]; add the batch axis to a single image with tf.expandDims(image, 0)",
    );
    refuse(
      [1, 3, 8, 12],
      "the model got [1, 3, 8, 12]: expected images [batch, 8, 12, 3], channels last; " +
        "turn channels-first images with tf.transpose(images, [0, 2, 3, 1])",
    );
    refuse([1, 8, 12, 1], "the model got [1, 8, 12, 1]: expected images [batch, 8, 12, 3], channels last");
    refuse(
      [1, 12, 8, 3],
      "the model got images of 12x8: it was made for 8x12; " +
        "resize them, or pass { interpolatePositions: true } to stretch its positions",
    );
    tf.tidy(() => {
      expect(() => model.forward(tf.zeros([1, 8, 10, 3]), { interpolatePositions: true })).toThrow(
        "image is 8x10: patch size 4 does not divide its width 10; use patch size 2 or resize to 8x12",
      );
      expect(() => model.forward(tf.zeros([1, 8, 12, 3], "int32"))).toThrow(
        "the model got images of type int32: expected float32 in [-1, 1]; scale bytes with tf.sub(tf.div(images, 127.5), 1)",
      );
    });
    model.dispose();
  });

  it("drops numbers of the tokens that enter the first block where embeddingDropout says so", () => {
    const model = new ViT({ ...config, embeddingDropout: 0.5 });
    tf.tidy(() => {
      const trace = new Trace();
      model.forward(images(4), { training: true, random: new Random(5), trace });
      const share = (name: string) => tf.mean(tf.cast(tf.equal(trace.get(name), 0), "float32")).dataSync()[0] as number;
      expect(share("embeddings")).toBe(0);
      expect(Math.abs(share("blocks.0.input") - 0.5)).toBeLessThan(0.12);
      trace.dispose();
    });
    model.dispose();
  });

  it("needs a random generator to train with dropout", () => {
    const model = new ViT({ ...config, dropout: 0.1 });
    tf.tidy(() => {
      expect(() => model.forward(images(1), { training: true })).toThrow(
        "training with dropout needs a random generator: pass { training: true, random: new Random(seed) }",
      );
    });
    model.dispose();
  });

  it("leaves nothing behind: forward, predict, run, a gradient, a state dict, itself", () => {
    expectNoLeak(() => {
      const model = new ViT({ ...config, dropout: 0.1, attentionDropout: 0.1, embeddingDropout: 0.1 });
      const x = images(2);
      const labels = tf.tensor1d([0, 2], "int32");
      expectNoLeak(() => model.forward(x).dispose());
      expectNoLeak(() => model.predict(x).dispose());
      expectNoLeak(() => {
        const { logits, trace } = model.run(x, { edit: { "blocks.0.mlp.hidden": (hidden) => tf.mul(hidden, 0) } });
        tf.dispose(logits);
        trace.dispose();
      });
      expectNoLeak(() => {
        const random = new Random(4);
        const { value, grads } = tf.variableGrads(
          () => crossEntropy(model.forward(x, { training: true, random }) as Tensor2D, labels),
          model.parameters(),
        );
        tf.dispose([value, ...Object.values(grads)]);
      });
      expectNoLeak(() => model.loadStateDict(model.stateDict()));
      expectNoLeak(() => {
        for (const wrong of [
          { heads: 3 },
          { positions: "sincos2d", dim: 6 },
          { positions: "sincos1d", dim: 9, heads: 3 },
        ])
          expect(() => new ViT({ ...config, ...wrong } as ViTConfig)).toThrow(VitlabError);
        expect(() => new ViT(config, { seed: Number.NaN })).toThrow("a seed is NaN");
      });
      model.dispose();
      tf.dispose([x, labels]);
    });
  });
});
