/**
 * A whole Vision Transformer on one page, to be read from top to bottom, in plain operations of TensorFlow.js.
 *
 * It computes what `ViT` computes from the same weights, without what a library needs besides: no classes, no trace, no
 * fused operations, and no dropout, which is off outside of training. As all its operations are differentiable, it is
 * itself: `tf.variableGrads` gives its gradient.
 *
 * - Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021: https://arxiv.org/abs/2010.11929, equations 1 to 4
 * - Vaswani et al., "Attention Is All You Need", 2017: https://arxiv.org/abs/1706.03762, sections 3.1 and 3.2
 */
import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { checkWeights } from "../nn/check-weights";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { tf } from "../tensor/tf";
import { completeConfig } from "./complete-config";
import type { FullViTConfig, ViTConfig } from "./config";
import { parameterShapes } from "./parameter-shapes";
import { sizeOf } from "./patches";

/** Every weight under the name it has in `ViT`, e.g. `blocks.0.attention.qkv.weight`. */
type Weights = ReadonlyMap<string, Tensor>;

/**
 * Class scores of a batch of images: the forward pass of a Vision Transformer as a function of its weights, e.g.
 * `minimalViT(images, model.namedParameters(), model.config)`, which equals `model.forward(images)`.
 *
 * @param images `[batch, height, width, channels]`, of the config's size
 * @param weights by name, as a map or an object
 * @returns logits `[batch, classes]`
 * @throws VitlabError when the config asks for what isn't on this page, or config, images and weights don't fit.
 *
 * @example
 * ```ts
 * import { datasetToTensor, minimalViT, presets, shapes, tf, ViT } from "vitlab";
 *
 * const model = new ViT(presets.tiny);
 * const images = datasetToTensor(shapes({ count: 2 }));
 * const same = minimalViT(images, model.namedParameters(), model.config);
 * const difference = tf.sub(model.forward(images), same).abs().max().dataSync()[0];
 * console.log(same.shape, difference < 1e-4); // [ 2, 10 ] true
 * ```
 */
export function minimalViT(
  images: Tensor4D,
  weights: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  config: ViTConfig,
): Tensor2D {
  const w: Weights = new Map(Symbol.iterator in weights ? weights : Object.entries(weights));
  const full = completeConfig(config); // what was left out has its default now
  check(images, w, full);
  return tf.tidy(() => {
    const patches = patchify(images, full); // [batch, patches, channels · patchSize²]
    let x = embed(patches, w, full); // [batch, tokens, dim]
    for (let i = 0; i < full.depth; i++) x = encoderBlock(x, w, `blocks.${i}`, full); // the shape stays
    if (full.finalNorm) x = layerNorm(x, w, "norm", full); // the LN of equation 4, of every token
    return linear(pool(x, full), w, "head") as Tensor2D; // [batch, dim] to [batch, classes]
  });
}

/** Cuts images into squares, row by row, and flattens each: the "words" of an image (section 3.1). */
function patchify(images: Tensor4D, { patchSize: p, patchOrder }: FullViTConfig): Tensor {
  const [batch, height, width, channels] = images.shape;
  const [rows, columns] = [height / p, width / p];
  // A pixel's row in the image is its patch's row and its row in the patch, and so is its column.
  const cut = tf.reshape(images, [batch, rows, p, columns, p, channels]);
  // The axes of the patch grid first, then those inside a patch: channels first, as PyTorch flattens it, or last.
  const order = patchOrder === "chw" ? [0, 1, 3, 5, 2, 4] : [0, 1, 3, 2, 4, 5];
  return tf.reshape(tf.transpose(cut, order), [batch, rows * columns, p * p * channels]);
}

/** Equation 1: `z_0 = [x_class; x_1 E; …; x_N E] + E_pos`, `[batch, patches, …]` to `[batch, tokens, dim]`. */
function embed(patches: Tensor, w: Weights, { classToken, positions, dim }: FullViTConfig): Tensor {
  let tokens = linear(patches, w, "embeddings.patchEmbedding"); // [batch, patches, dim]
  if (classToken) {
    // One learned token for all images; it has no pixels of its own and gathers what the head will read.
    const token = tf.reshape(get(w, "embeddings.classToken"), [1, 1, dim]);
    tokens = tf.concat([tf.tile(token, [patches.shape[0] as number, 1, 1]), tokens], 1); // [batch, 1 + patches, dim]
  }
  // Attention sees a set of tokens, in no order: only what is added here tells where a patch was.
  return positions === "learned" ? tf.add(tokens, get(w, "embeddings.positionEmbedding")) : tokens;
}

/** Two residual branches: attention moves information between tokens, the MLP works on each token alone. */
function encoderBlock(x: Tensor, w: Weights, name: string, config: FullViTConfig): Tensor {
  const norm1 = (z: Tensor) => layerNorm(z, w, `${name}.norm1`, config);
  const norm2 = (z: Tensor) => layerNorm(z, w, `${name}.norm2`, config);
  const attention = (z: Tensor) => selfAttention(z, w, `${name}.attention`, config);
  const feedForward = (z: Tensor) => mlp(z, w, `${name}.mlp`, config);
  if (config.norm === "pre") {
    // Equations 2 and 3: the sum itself is never normalized, so that gradients reach the first block unhindered.
    x = tf.add(x, attention(norm1(x)));
    x = tf.add(x, feedForward(norm2(x)));
  } else {
    // Vaswani et al., section 3.1, and PyTorch's nn.TransformerEncoderLayer: each sum is normalized.
    x = norm1(tf.add(x, attention(x)));
    x = norm2(tf.add(x, feedForward(x)));
  }
  return x; // [batch, tokens, dim], as it came
}

/** Multi-head self-attention (Vaswani et al., section 3.2.2): each head looks for something else in all tokens. */
function selfAttention(x: Tensor, w: Weights, name: string, { heads, dim }: FullViTConfig): Tensor {
  const [batch, tokens] = x.shape as [number, number, number];
  const headDim = dim / heads;
  const byHead = (z: Tensor) => tf.transpose(tf.reshape(z, [batch, tokens, heads, headDim]), [0, 2, 1, 3]);
  // One product for the queries, keys and values of all heads, [batch, tokens, 3 · dim], is cut into three.
  const qkv = tf.split(linear(x, w, `${name}.qkv`), 3, -1); // each [batch, tokens, dim]
  const [q, k, v] = qkv.map(byHead) as [Tensor, Tensor, Tensor]; // each [batch, heads, tokens, headDim]
  // softmax(Q Kᵀ / √headDim) V, equation 1 there. Without the root, products of long vectors grow so large that the
  // softmax picks one token alone, and its gradient vanishes.
  const scores = tf.div(tf.matMul(q, k, false, true), Math.sqrt(headDim)); // [batch, heads, tokens, tokens]
  const context = tf.matMul(tf.softmax(scores), v); // [batch, heads, tokens, headDim]
  const merged = tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [batch, tokens, dim]); // heads side by side again
  return linear(merged, w, `${name}.projection`); // [batch, tokens, dim]
}

/** The feed-forward network (Vaswani et al., section 3.3): to mlpDim, a non-linearity, and back to dim. */
function mlp(x: Tensor, w: Weights, name: string, { activation }: FullViTConfig): Tensor {
  const hidden = linear(x, w, `${name}.fc1`); // [batch, tokens, mlpDim]
  return linear(activate(hidden, activation), w, `${name}.fc2`); // [batch, tokens, dim]
}

/** `relu(x) = max(x, 0)`; `gelu(x) = x Φ(x)`, Φ being the normal distribution function, exactly or by tanh. */
function activate(x: Tensor, activation: FullViTConfig["activation"]): Tensor {
  if (activation === "relu") return tf.relu(x);
  const z =
    activation === "gelu"
      ? tf.erf(tf.div(x, Math.SQRT2))
      : tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x))))));
  return tf.mul(x, tf.mul(0.5, tf.add(1, z)));
}

/** `γ (x - mean) / √(variance + ε) + β` over the numbers of each token (Ba, Kiros and Hinton, 2016). */
function layerNorm(x: Tensor, w: Weights, name: string, { layerNormEps }: FullViTConfig): Tensor {
  const { mean, variance } = tf.moments(x, -1, true); // [batch, tokens, 1]
  const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, layerNormEps)));
  return tf.add(tf.mul(normalized, get(w, `${name}.weight`)), get(w, `${name}.bias`));
}

/** `y = x W + b` on the last axis: `[..., inputs]` to `[..., outputs]`. */
function linear(x: Tensor, w: Weights, name: string): Tensor {
  const [weight, bias] = [get(w, `${name}.weight`), w.get(`${name}.bias`)];
  const [inputs, outputs] = weight.shape as [number, number];
  // All tokens of all images are the rows of one matrix, because a product of matrices is what engines do fastest.
  const product = tf.matMul(tf.reshape(x, [-1, inputs]), weight);
  return tf.reshape(bias ? tf.add(product, bias) : product, [...x.shape.slice(0, -1), outputs]);
}

/** What the head reads, `[batch, dim]`: the class token (`z_L⁰` in equation 4), or the mean of the patches. */
function pool(x: Tensor, { pool, classToken, dim }: FullViTConfig): Tensor {
  if (pool === "cls") return tf.reshape(tf.slice(x, [0, 0, 0], [-1, 1, -1]), [-1, dim]);
  return tf.mean(tf.slice(x, [0, classToken ? 1 : 0, 0]), 1);
}

/** A weight by name; `check` has seen that it is there. */
function get(w: Weights, name: string): Tensor {
  return w.get(name) as Tensor;
}

/** Refuses in one sentence what isn't on this page, and what would make an operation above fail or, worse, not fail. */
function check(images: Tensor4D, weights: Weights, config: FullViTConfig): void {
  const { positions, distillationToken, registerTokens, attentionOverBatch, imageSize, channels } = config;
  const refuse = (what: string) => {
    throw new VitlabError(`minimalViT has no ${what}: use new ViT(config)`);
  };
  if (positions !== "learned" && positions !== "none") refuse(`${positions} positions, only learned ones or none`);
  if (distillationToken) refuse("distillation token");
  if (registerTokens > 0) refuse("register tokens");
  if (attentionOverBatch) refuse("attention over the batch (attentionOverBatch)");
  const wanted = [...sizeOf(imageSize), channels];
  if (showShape(images.shape.slice(1)) !== showShape(wanted) || images.dtype !== "float32")
    throw new VitlabError(
      `minimalViT got images ${showShape(images.shape)} of type ${images.dtype}: ` +
        `expected float32 [batch, ${wanted.join(", ")}]`,
    );
  checkWeights(parameterShapes(config), new Map([...weights].map(([name, { shape }]) => [name, { shape }])));
  checkNotDisposed("the tensor of images", images);
  for (const [name, weight] of weights) checkNotDisposed(`the weight ${name}`, weight);
}
