import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { ablate } from "../../src/explain/intervening/ablate";
import { occlusion } from "../../src/explain/intervening/occlusion";
import { directLogitAttribution } from "../../src/explain/reading/direct-attribution";
import { logitLens } from "../../src/explain/reading/logit-lens";
import { attentionDistance } from "../../src/explain/seeing/attention-distance";
import { attentionEntropy } from "../../src/explain/seeing/attention-entropy";
import { attentionMap } from "../../src/explain/seeing/attention-map";
import { attentionRollout } from "../../src/explain/seeing/attention-rollout";
import { gradientAttention } from "../../src/explain/seeing/gradient-attention";
import { patchSimilarity } from "../../src/explain/seeing/patch-similarity";
import { relevance } from "../../src/explain/seeing/relevance";
import { residualNorms } from "../../src/explain/seeing/residual-norms";
import { weightedAttention } from "../../src/explain/seeing/weighted-attention";
import { SelfAttention } from "../../src/nn/attention";
import { RelativePositionBias } from "../../src/nn/relative-position-bias";
import { RMSNorm } from "../../src/nn/rms-norm";
import { rotary2d } from "../../src/nn/rotary";
import { SwiGLU } from "../../src/nn/swiglu";
import { tf } from "../../src/tensor/tf";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../support/engines";

const [rows, columns, patchSize] = [3, 2, 4];
const patches = rows * columns;
const usual = { imageSize: [12, 8], patchSize, dim: 8, depth: 2, heads: 2, mlpDim: 6, classes: 3 } as const;

/** Models that differ in one thing each; one of them answers each class by itself, one with a single number. */
const kinds: Record<string, () => ViT> = {
  "a class token": () => made({}),
  "the mean of patches": () => made({ pool: "mean", classToken: false }),
  "the mean, with tokens in front": () => made({ pool: "mean", distillationToken: true, registerTokens: 2 }),
  registers: () => made({ registerTokens: 1, distillationToken: true, positions: "sincos2d" }),
  "no positions nor biases": () => made({ positions: "none", qkvBias: false }),
  "one head, block, channel": () => made({ heads: 1, depth: 1, channels: 1, patchOrder: "hwc" }),
  "no last normalization": () => made({ finalNorm: false }),
  "several labels": () => made({ problemType: "multi_label_classification" }),
  "one number": () => made({ problemType: "regression", classes: 1 }),
  "post-norm": () => made({ norm: "post" }) as ViT,
  "shared keys": () => made({}, { attention: (dim, more) => new SelfAttention(dim, { ...more, kvHeads: 1 }) }),
  "more heads than its config": () =>
    made({}, { attention: (dim, more) => new SelfAttention(dim, { ...more, heads: 4 }) }),
  "turned positions": () =>
    made(
      { classToken: false, pool: "mean", positions: "none" },
      { attention: (dim, more) => new SelfAttention(dim, { ...more, rotary: rotary2d({ rows, columns }) }) },
    ),
  "a position bias": () =>
    made(
      { positions: "none" },
      {
        attention: (dim, more) => {
          const bias = { rows, columns, random: more.random, classToken: true };
          return new SelfAttention(dim, { ...more, positionBias: new RelativePositionBias(more.heads, bias) });
        },
      },
    ),
  "RMSNorm and SwiGLU": () =>
    made({}, {
      norm: (dim: number) => new RMSNorm(dim),
      mlp: (dim: number, hidden: number, { random }: never) => new SwiGLU(dim, hidden, { random }),
    } as never) as ViT,
};

/** Larger weights than a new model has, so that attention isn't even. */
function made(more: Partial<ViTConfig>, factories: ConstructorParameters<typeof ViT>[1] = {}): ViT {
  const config = { ...usual, imageSize: [12, 8] as [number, number], ...more };
  const model = new ViT(config, { seed: 6, ...factories });
  const state = model.stateDict();
  for (const [name, { data }] of Object.entries(state))
    if (!name.includes("norm"))
      data.forEach((value, i) => {
        data[i] = 12 * value + (name.endsWith("bias") ? 0.1 * Math.sin(i) : 0);
      });
  model.loadStateDict(state);
  return model as ViT;
}

type Array2 = number[][];
type Array4 = Array2[][];

/** Of each: as near as float32 is, relative to the largest. */
function expectNear(found: ArrayLike<number>, wanted: ArrayLike<number>, share = 1e-4, floor = 0): void {
  const most = Array.from(wanted).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs((found[i] as number) - (wanted[i] as number)), `number ${i}`).toBeLessThanOrEqual(
      share * most + floor,
    );
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const times = (a: Array2, b: Array2) =>
  a.map((row) => b.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
const identity = (size: number) =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => +(i === j)));
const overHeads = (heads: Array2[], join: (values: number[]) => number) =>
  heads[0]!.map((row, i) => row.map((_, j) => join(heads.map((head) => head[i]![j]!))));

/** The named values of a run, as lists. */
function runOf(model: ViT, images: Tensor4D) {
  const { logits, trace } = model.run(images);
  const values = Object.fromEntries(trace.names().map((name) => [name, trace.get(name).arraySync()]));
  const answers = logits.arraySync() as Array2;
  logits.dispose();
  trace.dispose();
  return { value: <T>(name: string) => values[name] as T, answers };
}

/** How the logit of a class moves with each attention weight of a block, by differences: `[heads][query][key]`. */
function slopes(model: ViT, image: Tensor4D, block: number, of: number, [heads, tokens]: [number, number]): Array2[] {
  const count = heads * tokens * tokens;
  const step = 1 / 32;
  const logits = (move: number) =>
    tf.tidy(() => {
      const moves = new Float32Array(count * count);
      for (let i = 0; i < count; i++) moves[i * count + i] = move;
      const edit = (weights: Tensor) => tf.add(weights, tf.tensor(moves, [count, heads, tokens, tokens]));
      const copies = tf.tile(image, [count, 1, 1, 1]);
      return model.forward(copies, { edit: { [`blocks.${block}.attention.weights`]: edit } }).arraySync() as Array2;
    });
  const [up, down, farUp, farDown] = [step, -step, 2 * step, -2 * step].map(logits) as [Array2, Array2, Array2, Array2];
  return Array.from({ length: heads }, (_, h) =>
    Array.from({ length: tokens }, (_, i) =>
      Array.from({ length: tokens }, (_, j) => {
        const at = (h * tokens + i) * tokens + j;
        const [near, far] = [up[at]![of]! - down[at]![of]!, farUp[at]![of]! - farDown[at]![of]!];
        // Of two steps, so that what is curved goes out.
        return (8 * near - far) / (12 * step);
      }),
    ),
  );
}

/** By kind of model: of each image and block, each attention weight times its slope. */
const differences: Record<string, Array2[][][]> = {};

onEveryEngine("explanations of any model", () => {
  describe.each(Object.entries(kinds))("with %s", (kind, make) => {
    const open = () => {
      const model = make();
      const { channels, depth, heads } = model.config;
      const images = tf.randomNormal([2, 12, 8, channels], 0, 1, "float32", 8) as Tensor4D;
      const { value, answers } = runOf(model, images);
      const weights = Array.from({ length: depth }, (_, i) => value<Array4>(`blocks.${i}.attention.weights`));
      const tokens = weights[0]![0]![0]!.length;
      const close = () => {
        model.dispose();
        images.dispose();
      };
      return { model, images, value, answers, weights, tokens, prefix: tokens - patches, depth, heads, close };
    };
    const query = (model: ViT) => (model.config.pool === "mean" ? "mean" : "class");

    it("read, roll out and measure its attention as plain loops do", () => {
      const { model, images, weights, tokens, prefix, close } = open();
      expectNoLeak(() => {
        weights.forEach((ofBlock, block) => {
          const heads = ofBlock[0]!.length;
          for (let head = 0; head < heads; head++) {
            const all = attentionMap(model, images, { block, head, query: "all" });
            expectNear(
              all.data,
              ofBlock.flatMap((image) => image[head]!.flat()),
            );
            const column = attentionMap(model, images, { block, head, query: 3, read: "column" });
            expectNear(
              column.data,
              ofBlock.flatMap((image) => image[head]!.map((row) => row[prefix + 3]!).slice(prefix)),
            );
          }
        });
        const rolled = weights[0]!.map((_, image) =>
          weights.reduce((before, ofBlock) => {
            const step = overHeads(ofBlock[image]!, meanOf).map((row, i) => row.map((a, j) => a / 2 + +(i === j) / 2));
            return times(step, before);
          }, identity(tokens)),
        );
        expectNear(attentionRollout(model, images, { query: "all" }).data, rolled.flat(2));
        const read = (matrix: Array2) =>
          query(model) === "class"
            ? matrix[0]!.slice(prefix)
            : matrix[0]!.map((_, j) => meanOf(matrix.slice(prefix).map((row) => row[j]!))).slice(prefix);
        expectNear(attentionRollout(model, images).data, rolled.flatMap(read));
        const perHead = (measure: (head: Array2) => number) =>
          [0, 1].flatMap((image) => weights.flatMap((ofBlock) => ofBlock[image]!.map(measure)));
        const away = (a: number, b: number) =>
          patchSize * Math.hypot(Math.floor(a / columns) - Math.floor(b / columns), (a % columns) - (b % columns));
        expectNear(
          attentionDistance(model, images).data,
          perHead((head) =>
            meanOf(
              head
                .slice(prefix)
                .map((row, a) => row.slice(prefix).reduce((sum, share, b) => sum + share * away(a, b), 0)),
            ),
          ),
        );
        expectNear(
          attentionEntropy(model, images).data,
          perHead((head) => meanOf(head.map((row) => row.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0)))),
        );
      });
      close();
    });

    it("weigh values by what their heads' part of the projection makes of them", () => {
      const { model, images, value, weights, tokens, depth, close } = open();
      const { dim } = model.config;
      const block = depth - 1;
      const values = value<Array4>(`blocks.${block}.attention.value`);
      const heads = weights[block]![0]!.length;
      const projection = model.blocks[block]!.attention.projection.weight.arraySync() as Array2;
      const found = expectNoLeak(() => weightedAttention(model, images, { query: "all" }).data);
      const wanted = [0, 1].flatMap((image) =>
        Array.from({ length: tokens * tokens }, (_, at) => {
          const [i, j] = [Math.floor(at / tokens), at % tokens];
          const sum = Array.from({ length: dim }, (_, d) => {
            let total = 0;
            for (let h = 0; h < heads; h++) {
              const group = values[image]![Math.floor((h * values[image]!.length) / heads)]!;
              group[j]!.forEach((v, k) => {
                total += weights[block]![image]![h]![i]![j]! * v * projection[(h * dim) / heads + k]![d]!;
              });
            }
            return total;
          });
          return Math.hypot(...sum);
        }),
      );
      expectNear(found, wanted);
      close();
    });

    it("have the gradients that differences have, through all blocks", () => {
      const { model, images, weights, answers, tokens, prefix, depth, close } = open();
      const of = answers.map((row) => row.indexOf(Math.max(...row)));
      const heads = weights[0]![0]!.length;
      // The first engine's serve all others: many passes, and what is at stake are gradients.
      differences[kind] ??= [0, 1].map((image) => {
        const one = tf.slice(images, image, 1);
        const all = weights.map((ofBlock, block) =>
          slopes(model, one, block, of[image]!, [heads, tokens]).map((head, h) =>
            head.map((row, i) => row.map((slope, j) => slope * ofBlock[image]![h]![i]![j]!)),
          ),
        );
        one.dispose();
        return all;
      });
      const products = differences[kind];
      const signed = expectNoLeak(() => gradientAttention(model, images, { positive: false, query: "all" }).data);
      // Differences of float32 have noise.
      expectNear(
        signed,
        products.flatMap((all) => overHeads(all[depth - 1]!, meanOf).flat()),
        2e-3,
        1e-6,
      );
      const related = products.map((all) =>
        all.reduce((before, heads) => {
          const step = overHeads(heads, (values) => meanOf(values.map((each) => Math.max(0, each))));
          return times(step, before).map((row, i) => row.map((each, j) => each + before[i]![j]!));
        }, identity(tokens)),
      );
      const found = expectNoLeak(() => relevance(model, images, { query: "all" }));
      expectNear(found.data, related.flat(2), 2e-3, 1e-6);
      expect(relevance(model, images, { query: 2, class: of }).at(1, 2, 1)).toBe(found.at(1, prefix + 2, prefix + 5));
      close();
    });

    it("read states as the model's own end does, and find lengths and likeness", () => {
      const { model, images, value, tokens, prefix, depth, close } = open();
      const { pool, problemType } = model.config;
      const last = `blocks.${depth - 1}.output`;
      const lens = expectNoLeak(() => logitLens(model, images));
      for (const token of [0, tokens - 1]) {
        const state = value<number[][][]>("embeddings");
        const wanted = tf.tidy(() => {
          const read = tf.tensor(state.map((image) => image[token]!));
          const put = (x: Tensor) => tf.add(tf.zerosLike(x), tf.expandDims(read, 1));
          return [...model.forward(images, { edit: { [last]: put } }).dataSync()];
        });
        const classes = wanted.length / 2;
        expectNear(
          [0, 1].flatMap((image) => Array.from({ length: classes }, (_, c) => lens.at(image, 0, token, c))),
          wanted,
        );
      }
      if (pool === "cls") {
        const shares = problemType === "regression" ? undefined : logitLens(model, images, { of: "probabilities" });
        const predicted = tf.tidy(() => model.predict(images).arraySync() as Array2);
        if (shares)
          expectNear(
            predicted[1]!.map((_, c) => shares.at(1, depth, 0, c)),
            predicted[1]!,
          );
      }
      const states = ["embeddings", ...Array.from({ length: depth }, (_, i) => `blocks.${i}.output`)].map((name) =>
        value<number[][][]>(name),
      );
      expectNear(
        residualNorms(model, images).data,
        [0, 1].flatMap((image) => states.flatMap((state) => state[image]!.map((token) => Math.hypot(...token)))),
      );
      const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
      expectNear(
        patchSimilarity(model, images, { query: 4 }).data,
        states.at(-1)!.flatMap((image) => {
          const chosen = image[prefix + 4]!;
          return image
            .slice(prefix)
            .map((each) => dot(each, chosen) / Math.sqrt(dot(each, each) * dot(chosen, chosen)));
        }),
      );
      close();
    });

    it("take logits apart into heads and their sources, where they are a sum", () => {
      const { model, images, answers, weights, close } = open();
      if (["post-norm", "RMSNorm and SwiGLU"].includes(kind)) {
        expect(() => directLogitAttribution(model, images)).toThrow(/sums? of parts/);
        return close();
      }
      const parts = expectNoLeak(() => directLogitAttribution(model, images));
      const sources = directLogitAttribution(model, images, { by: "sources" });
      const labels = parts.axes[1]!.labels!;
      answers.forEach((row, image) => {
        row.forEach((logit, c) => {
          expect(labels.reduce((sum, _, part) => sum + parts.at(image, part, c), 0)).toBeCloseTo(logit, 3);
          weights.forEach((ofBlock, block) => {
            ofBlock[image]!.forEach((matrix, head) => {
              const whole = parts.at(image, labels.indexOf(`block ${block} head ${head}`), c);
              const sum = matrix.reduce((all, _, token) => all + sources.at(image, block, head, token, c), 0);
              expect(sum).toBeCloseTo(whole, 3);
            });
          });
        });
      });
      close();
    });

    it("lose what a head brings, and what a patch shows", () => {
      const { model, images, answers, weights, close } = open();
      const of = answers.map((row) => row.indexOf(Math.max(...row)));
      const heads = weights[0]![0]!.length;
      const found = expectNoLeak(() => ablate(model, images, { what: "heads", with: "zero" }));
      const head = heads - 1;
      const without = tf.tidy(() => {
        const off = (x: Tensor) =>
          tf.mul(x, tf.reshape(tf.tensor1d(Array.from({ length: heads }, (_, h) => +(h !== head))), [1, -1, 1, 1]));
        return model.forward(images, { edit: { "blocks.0.attention.heads": off } }).arraySync();
      });
      expectNear(
        [0, 1].map((image) => found.at(image, 0, head)),
        of.map((c, image) => answers[image]![c]! - without[image]![c]!),
        1e-3,
      );

      const drops = expectNoLeak(() => occlusion(model, images, { of: "logit" }));
      const pixels = images.arraySync();
      const painted = pixels.map((image) => {
        const colors = image.flat();
        const color = colors[0]!.map((_, c) => meanOf(colors.map((pixel) => pixel[c]!)));
        return image.map((row, y) =>
          row.map((pixel, x) => (Math.floor(y / 4) === 2 && Math.floor(x / 4) === 1 ? color : pixel)),
        );
      });
      const covered = tf.tidy(() => model.forward(tf.tensor4d(painted)).arraySync());
      expectNear(
        [0, 1].map((image) => drops.at(image, 2, 1)),
        of.map((c, image) => answers[image]![c]! - covered[image]![c]!),
        1e-3,
      );
      close();
    });
  });
});
