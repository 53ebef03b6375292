import type { Tensor4D } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ablate } from "../../src/explain/intervening/ablate";
import { occlusion } from "../../src/explain/intervening/occlusion";
import { edgeMap, randomMap } from "../../src/explain/judge/baselines";
import { principalComponents } from "../../src/explain/principal-components";
import { directLogitAttribution } from "../../src/explain/reading/direct-attribution";
import { logitLens } from "../../src/explain/reading/logit-lens";
import { attentionDistance } from "../../src/explain/seeing/attention-distance";
import { attentionEntropy } from "../../src/explain/seeing/attention-entropy";
import { attentionMap } from "../../src/explain/seeing/attention-map";
import { attentionRollout, rolloutMatrices } from "../../src/explain/seeing/attention-rollout";
import { embeddingFilters } from "../../src/explain/seeing/embedding-filters";
import { gradientAttention } from "../../src/explain/seeing/gradient-attention";
import { patchSimilarity } from "../../src/explain/seeing/patch-similarity";
import { positionSimilarity } from "../../src/explain/seeing/position-similarity";
import { relevance } from "../../src/explain/seeing/relevance";
import { residualNorms } from "../../src/explain/seeing/residual-norms";
import { tokenComponents } from "../../src/explain/seeing/token-components";
import { weightedAttention } from "../../src/explain/seeing/weighted-attention";
import { SelfAttention } from "../../src/nn/attention";
import { EncoderBlock } from "../../src/nn/encoder-block";
import { tf } from "../../src/tensor/tf";
import { Embeddings } from "../../src/vit/embeddings";
import { ViT } from "../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../support/engines";

const close = (values: readonly number[], digits = 5) => values.map((value) => expect.closeTo(value, digits));

it("rolls uniform, identity and one-hot attention out as computed by hand", () => {
  const of = (...matrices: number[][]) =>
    rolloutMatrices(matrices.map((matrix) => ({ shape: [1, 1, 2, 2], data: Float32Array.from(matrix) }))).map(
      (block) => [...(block[0] as Float32Array)],
    );
  const [uniform, identity, toSecond] = [
    [0.5, 0.5, 0.5, 0.5],
    [1, 0, 0, 1],
    [0, 1, 0, 1],
  ];
  expect(of(identity!, identity!)).toEqual([identity, identity]);
  expect(of(uniform!)).toEqual([[0.75, 0.25, 0.25, 0.75]]);
  // [.5 .5; 0 1] · [.75 .25; .25 .75]
  expect(of(uniform!, toSecond!)[1]).toEqual([0.5, 0.5, 0.25, 0.75]);
  expect(of(toSecond!, toSecond!)[1]).toEqual([0.25, 0.75, 0, 1]);
});

/**
 * One block of one head whose attention is uniform (query and key are 0), whose value and projection are the identity and
 * whose MLP is 0, without last normalization, on images of 2 patches of 1 pixel; the head reads the class token as it is.
 * A patch's token is [v, -v] of its one channel v, so that LayerNorm makes it ±[1, -1].
 */
function oneBlock(): ViT {
  const config = { imageSize: [1, 2] as [number, number], patchSize: 1, channels: 1, dim: 2, depth: 1, heads: 1 };
  const model = new ViT({ ...config, mlpDim: 2, classes: 2, positions: "none", finalNorm: false, layerNormEps: 1e-12 });
  const set = (values: Record<string, number[]>) => {
    const state = model.stateDict();
    for (const [name, data] of Object.entries(values)) (state[name]!.data as Float32Array).set(data);
    model.loadStateDict(state);
  };
  set({
    "embeddings.patchEmbedding.weight": [1, -1],
    "embeddings.patchEmbedding.bias": [0, 0],
    "embeddings.classToken": [1, -1],
    "blocks.0.attention.qkv.weight": [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1],
    "blocks.0.attention.qkv.bias": [0, 0, 0, 0, 0, 0],
    "blocks.0.attention.projection.weight": [1, 0, 0, 1],
    "blocks.0.attention.projection.bias": [0, 0],
    "blocks.0.mlp.fc2.weight": [0, 0, 0, 0],
    "blocks.0.mlp.fc2.bias": [0, 0],
    "head.weight": [1, 0, 0, 1],
    "head.bias": [0, 0],
  });
  return model;
}

onEveryEngine("a model of one block, by hand", () => {
  let model: ViT;
  let image: Tensor4D;
  beforeAll(() => {
    model = oneBlock();
    // The tokens after LayerNorm: class [1, -1], patch 0 [1, -1], patch 1 [-1, 1].
    image = tf.tensor4d([0.5, -2], [1, 1, 2, 1]);
  });
  afterAll(() => {
    model.dispose();
    image.dispose();
  });

  it("has logits of the class token and a third of each value", () => {
    expect(tf.tidy(() => [...model.forward(image).dataSync()])).toEqual(close([1 + 1 / 3, -1 - 1 / 3]));
  });

  it("attends to all alike", () => {
    expectNoLeak(() => {
      expect([...attentionMap(model, image).data]).toEqual(close([1 / 3, 1 / 3]));
      expect([...attentionEntropy(model, image).data]).toEqual(close([Math.log(3)]));
      // Each patch gives the other, one pixel away, a third.
      expect([...attentionDistance(model, image).data]).toEqual(close([1 / 3]));
      expect([...attentionDistance(model, image, { renormalize: true }).data]).toEqual(close([1 / 2]));
      // ‖[1, -1]‖ / 3
      expect([...weightedAttention(model, image).data]).toEqual(close([Math.SQRT2 / 3, Math.SQRT2 / 3]));
    });
  });

  it("gets the class's logit from where the value speaks for it", () => {
    expectNoLeak(() => {
      // ∂logit0/∂A(class, j) = value_j[0]: 1, 1, -1.
      expect([...gradientAttention(model, image, { positive: false }).data]).toEqual(close([1 / 3, -1 / 3]));
      expect([...gradientAttention(model, image).data]).toEqual(close([1 / 3, 0]));
      expect([...relevance(model, image).data]).toEqual(close([1 / 3, 0]));
      expect([...relevance(model, image, { class: 1 }).data]).toEqual(close([0, 1 / 3]));
    });
  });

  it("reads and takes apart what each part writes", () => {
    expectNoLeak(() => {
      expect([...logitLens(model, image).data.slice(0, 6)]).toEqual(close([1, -1, 0.5, -0.5, -2, 2]));
      const parts = directLogitAttribution(model, image);
      // Class token, head, output bias, MLP, head's bias; a class each.
      expect([...parts.data]).toEqual(close([1, -1, 1 / 3, -1 / 3, 0, 0, 0, 0, 0, 0]));
      const sources = directLogitAttribution(model, image, { by: "sources" });
      expect([...sources.data]).toEqual(close([1 / 3, -1 / 3, 1 / 3, -1 / 3, -1 / 3, 1 / 3]));
    });
  });

  it("drops by what a covered patch brought", () => {
    // The mean is -0.75: a covered patch 0 turns to [-1, 1], a covered patch 1 stays.
    const drops = expectNoLeak(() => occlusion(model, image, { of: "logit" }));
    expect([...drops.data]).toEqual(close([2 / 3, 0]));
  });

  it("finds tokens alike or opposite, and their lengths", () => {
    expectNoLeak(() => {
      expect([...patchSimilarity(model, image, { query: 0, state: "embeddings" }).data]).toEqual(close([1, -1]));
      const norms = residualNorms(model, image);
      expect(norms.at(0, 0, 2)).toBeCloseTo(2 * Math.SQRT2, 5);
      expect(norms.at(0, 1, 0)).toBeCloseTo((4 / 3) * Math.SQRT2, 5);
      expect([...tokenComponents(model, image, { components: 1, state: "embeddings" }).data]).toEqual([1, 0]);
      expect([...embeddingFilters(model).data]).toEqual([1, -1]);
    });
    expect(() => positionSimilarity(model)).toThrow(/no position embeddings/);
  });
});

it("knows the places of sines", () => {
  const model = new ViT({
    imageSize: 12,
    patchSize: 4,
    dim: 8,
    depth: 1,
    heads: 2,
    mlpDim: 4,
    classes: 2,
    positions: "sincos2d",
  });
  const alike = positionSimilarity(model);
  expect(alike.shape).toEqual([3, 3, 3, 3]);
  for (const [row, column] of [
    [0, 0],
    [1, 2],
  ] as const) {
    expect(alike.at(row, column, row, column)).toBeCloseTo(1, 6);
    expect(alike.at(row, column, 2, 1)).toBeCloseTo(alike.at(2, 1, row, column), 6);
    expect(alike.at(row, column, 2, 1)).toBeLessThan(1);
  }
  model.dispose();
});

it("finds the components of rows, their shares and signs, whether rows are many or few", () => {
  // Along (3, -4) / 5 by 10, 0, -10, across it by 1, -2, 1.
  const rows = [10, 0, -10].flatMap((along, i) => {
    const across = [1, -2, 1][i] as number;
    return [along * -0.6 + across * 0.8, along * 0.8 + across * 0.6];
  });
  const { scores, directions, shares } = principalComponents(Float32Array.from(rows), 2, 2);
  expect([...directions]).toEqual(close([-0.6, 0.8, 0.8, 0.6]));
  expect([...scores]).toEqual(close([10, 1, 0, -2, -10, 1]));
  expect(shares).toEqual(close([200 / 206, 6 / 206]));
  const wide = principalComponents(Float32Array.from([3, 0, 4, 0, -3, 0, -4, 0]), 4, 1);
  expect([...wide.directions]).toEqual(close([0.6, 0, 0.8, 0]));
});

it("refuses what it can't explain, in a sentence", () => {
  const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 2, heads: 2, mlpDim: 8, classes: 3 };
  const model = new ViT(config);
  const meanPooled = new ViT({ ...config, pool: "mean", classToken: false });
  const x = tf.randomNormal([1, 8, 8, 3]) as Tensor4D;
  const odd = tf.fill([2, 8, 8, 3], Number.NaN) as Tensor4D;
  const large = tf.zeros([1, 12, 12, 3]) as Tensor4D;
  expectNoLeak(() => {
    for (const call of [attentionMap, weightedAttention, gradientAttention])
      expect(() => call(model, x, { block: 2 })).toThrow("there is no block 2: the model has blocks 0 to 1");
    for (const call of [attentionMap, weightedAttention, relevance, gradientAttention]) {
      expect(() => call(model, x, { query: 4 })).toThrow(/there is no query 4: give a patch, 0 to 3 \(2 rows of 2\)/);
      expect(() => call(meanPooled, x, { query: "class" })).toThrow(/has no class token to ask: name a patch, 0 to 3/);
      expect(() => call(model, odd)).toThrow(/image 0 holds NaN: expected finite numbers/);
      expect(() => call(model, large)).toThrow(/images of 12x12: it was made for 8x8/);
      expect(() => call(model, x, { bloc: 1 } as object)).toThrow(/has no option bloc/);
    }
    expect(() => attentionMap(model, x, { head: 2 })).toThrow(/no head 2: the model has heads 0 to 1, and "mean"/);
    for (const call of [relevance, gradientAttention, occlusion])
      expect(() => call(model, x, { class: 3 })).toThrow("there is no class 3: the model has classes 0 to 2");
    expect(() => relevance({} as ViT, x)).toThrow(/got an object for its model: give a ViT/);
    expect(() => relevance(model, [1] as never)).toThrow(/got a list for its images: give a tensor/);
    expect(() => occlusion(model, x, { window: 9 })).toThrow(
      /window is 9x9: expected whole pixels, at most the image's 8x8/,
    );
    // The head reads the class token alone: the last block's other queries have no gradient.
    expect(() => gradientAttention(model, x, { query: 1 })).toThrow(/is zero everywhere, so that it explains nothing/);
    expect(() => attentionMap(model, x, { read: "rows" as "row" })).toThrow('expected "row" or "column"');
  });
  for (const one of [model, meanPooled]) one.dispose();
  tf.dispose([x, odd, large]);
});

it("refuses what doesn't fit a model the same way in every call, and never advises what it doesn't take", () => {
  const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 8, classes: 3 };
  const model = new ViT(config);
  const mixing = new ViT({ ...config, attentionOverBatch: true });
  const gone = new ViT(config);
  gone.dispose();
  const x = tf.randomNormal([2, 8, 8, 3]) as Tensor4D;
  const single = tf.randomNormal([8, 8, 3]) as never;
  const bytes = tf.zeros([1, 8, 8, 3], "int32") as Tensor4D;
  const large = tf.zeros([1, 12, 12, 3]) as Tensor4D;
  const calls: ((model: ViT, images: Tensor4D) => unknown)[] = [
    attentionMap,
    weightedAttention,
    attentionRollout,
    gradientAttention,
    relevance,
    attentionDistance,
    attentionEntropy,
    tokenComponents,
    residualNorms,
    logitLens,
    directLogitAttribution,
    occlusion,
    edgeMap,
    randomMap,
    (of, images) => patchSimilarity(of, images, { query: 0 }),
    (of, images) => ablate(of, images, { what: "mlp", with: "mean" }),
  ];
  expectNoLeak(() => {
    for (const call of calls) {
      expect(() => call(model, single)).toThrow(
        /got \[8, 8, 3\]: expected images \[batch, 8, 8, 3\]; add the batch axis/,
      );
      expect(() => call(model, bytes)).toThrow(/images of type int32: expected float32/);
      expect(() => call(model, large)).toThrow(/of 12x12: it was made for 8x8; resize them$/);
      expect(() => call(mixing, x)).toThrow(/attends between the images of a batch/);
      expect(() => call(gone, x)).toThrow(/this ViT was disposed/);
    }
    expect(() => embeddingFilters(gone)).toThrow(/this ViT was disposed/);
    expect(() => positionSimilarity(gone)).toThrow(/this ViT was disposed/);
  });
  for (const one of [model, mixing]) one.dispose();
  tf.dispose([x, single, bytes, large]);
});

it("names the class by logits where probabilities round to 1, and reads a regression's numbers", () => {
  const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 8, classes: 3 };
  const x = tf.randomNormal([1, 8, 8, 3], 0, 1, "float32", 2) as Tensor4D;
  const labels = new ViT({ ...config, problemType: "multi_label_classification" });
  const state = labels.stateDict();
  state["head.bias"]!.data = Float32Array.from([40, 0, 80]);
  labels.loadStateDict(state);
  const third = occlusion(labels, x, { of: "logit", class: 2 });
  expect(occlusion(labels, x, { of: "logit" }).data).toEqual(third.data);
  expect(() => occlusion(labels, x)).toThrow(/is zero everywhere/);
  const shares = logitLens(labels, x, { of: "probabilities" });
  expect([0, 1, 2].map((of) => shares.at(0, 1, 0, of))).toEqual([1, expect.closeTo(0.5, 1), 1]);
  expect(shares.uniform).toBeUndefined();
  const numbers = new ViT({ ...config, problemType: "regression" });
  expect(occlusion(numbers, x).data).toEqual(occlusion(numbers, x, { of: "logit" }).data);
  expect(() => occlusion(numbers, x, { of: "probability" })).toThrow(/answers with numbers, not with probabilities/);
  expect(() => logitLens(numbers, x, { of: "probabilities" })).toThrow(/answers with numbers/);
  for (const one of [labels, numbers]) one.dispose();
  x.dispose();
});

it("refuses tokens of which it isn't known where they are", () => {
  class Fewer extends Embeddings {
    override forward(...given: Parameters<Embeddings["forward"]>): never {
      const tokens = super.forward(...given);
      return given[2].tap("embeddings", tf.slice(tokens, [0, 0, 0], [-1, 3, -1])) as never;
    }
  }
  const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 8, classes: 3 };
  const model = new ViT(config, { embeddings: (full, random) => new Fewer(full, random) });
  const x = tf.randomNormal([2, 8, 8, 3]) as Tensor4D;
  expectNoLeak(() => {
    for (const call of [attentionMap, attentionRollout, relevance, logitLens, residualNorms, tokenComponents])
      expect(() => call(model, x)).toThrow(
        /is \[2, .*3.*\] for 2 images of 5 tokens \(1 in front of 2 rows of 2 patches\)/,
      );
  });
  model.dispose();
  x.dispose();
});

it("refuses sources of blocks that scale what attention brings, and components where all tokens are the same", () => {
  const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 8, classes: 3 };
  class Scaled extends EncoderBlock {
    override forward(...[x, given]: Parameters<EncoderBlock["forward"]>): ReturnType<EncoderBlock["forward"]> {
      return tf.add(x, tf.mul(tf.sub(super.forward(x, given), x), 3));
    }
  }
  const scaled = new ViT(config, { block: (dim, options) => new Scaled(dim, options), seed: 2 });
  const same = new ViT({ ...config, positions: "none" });
  const x = tf.randomNormal([1, 8, 8, 3]) as Tensor4D;
  const gray = tf.fill([2, 8, 8, 3], 0.3) as Tensor4D;
  expectNoLeak(() => {
    for (const by of ["parts", "sources"] as const)
      expect(() => directLogitAttribution(scaled, x, { by })).toThrow(/add up to/);
    expect(() => tokenComponents(same, gray)).toThrow(/tokens of all patches are the same after block 0/);
  });
  for (const one of [scaled, same]) one.dispose();
  tf.dispose([x, gray]);
});

it("refuses heads as an axis where blocks have different numbers of them", () => {
  let made = 0;
  const model = new ViT(
    { imageSize: 8, patchSize: 4, dim: 8, depth: 2, heads: 2, mlpDim: 8, classes: 3 },
    { attention: (dim, more) => new SelfAttention(dim, { ...more, heads: made++ === 0 ? 2 : 4 }) },
  );
  const x = tf.randomNormal([1, 8, 8, 3]) as Tensor4D;
  const calls = [
    () => attentionDistance(model, x),
    () => attentionEntropy(model, x),
    () => directLogitAttribution(model, x, { by: "sources" }),
    () => ablate(model, x, { what: "heads", with: "zero" }),
  ];
  expectNoLeak(() => {
    for (const call of calls)
      expect(call).toThrow(
        "block 0 has 2 heads and block 1 has 4: heads are compared between blocks that have as many",
      );
  });
  model.dispose();
  x.dispose();
});

it("has a gradient of 0 for attention that nothing reads", () => {
  class Idle extends EncoderBlock {
    override forward(...[x, given]: Parameters<EncoderBlock["forward"]>): ReturnType<EncoderBlock["forward"]> {
      super.forward(x, given);
      return tf.clone(x);
    }
  }
  const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 2, heads: 2, mlpDim: 8, classes: 3 };
  let made = 0;
  const model = new ViT(config, {
    block: (dim, options) => (made++ === 0 ? new Idle(dim, options) : new EncoderBlock(dim, options)),
    seed: 2,
  });
  const x = tf.randomNormal([1, 8, 8, 3]) as Tensor4D;
  const found = expectNoLeak(() => relevance(model, x));
  expect(found.data).toEqual(gradientAttention(model, x, { block: 1 }).data);
  expectNoLeak(() =>
    expect(() => gradientAttention(model, x, { block: 0 })).toThrow("is zero everywhere, so that it explains nothing"),
  );
  model.dispose();
  x.dispose();
});

it("finds the components of more patches than a call takes arguments", () => {
  const config = { imageSize: 6, patchSize: 1, channels: 1, dim: 4, depth: 1, heads: 1, mlpDim: 4, classes: 2 };
  const model = new ViT(config);
  const x = tf.randomNormal([4000, 6, 6, 1], 0, 1, "float32", 4) as Tensor4D;
  const { shape, data } = tokenComponents(model, x, { components: 1, state: "embeddings" });
  expect(shape).toEqual([4000, 6, 6, 1]);
  const [low, high] = data.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [1, 0]);
  expect([low, high]).toEqual([0, 1]);
  model.dispose();
  x.dispose();
});
