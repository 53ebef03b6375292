// A GPT-like model of characters, of vitlab's blocks: causal attention, trained by the same `fit` as a ViT.

import { Embedding, EncoderBlock, ForwardContext, fit, LayerNorm, Linear, Module, Random, tf } from "vitlab";

const text = "the cat sat on the mat and the dog sat on the log. ".repeat(40);
const letters = [...new Set(text)].sort();
const codes = Int32Array.from(text, (letter) => letters.indexOf(letter));
const [length, dim] = [32, 32];

/** Example k: the letters from k on, and for each the next one. */
const data = {
  name: "characters",
  length: codes.length - length,
  batch(indices: Uint32Array) {
    const rows = (shift: number) => [...indices].map((k) => [...codes.subarray(k + shift, k + shift + length)]);
    return { input: tf.tensor2d(rows(0), undefined, "int32"), target: tf.tensor2d(rows(1), undefined, "int32") };
  },
};

export class CharacterModel extends Module {
  private readonly start = { random: new Random(0), deviation: 0.02 };
  readonly tokens = this.child("tokens", new Embedding(letters.length, dim, this.start));
  readonly positions = this.child("positions", new Embedding(length, dim, this.start));
  readonly block = this.child("block", new EncoderBlock(dim, { heads: 4, mlpDim: 64, causal: true, ...this.start }));
  readonly norm = this.child("norm", new LayerNorm(dim));
  readonly head = this.child("head", new Linear(dim, letters.length, { ...this.start, kind: { role: "head" } }));

  /** Letters `[batch, length]` to scores of the next ones, `[batch, length, letters]`. */
  forward(input: tf.Tensor, context = new ForwardContext()): tf.Tensor {
    return tf.tidy(() => {
      const places = this.positions.forward(tf.range(0, input.shape[1] as number, 1, "int32"));
      const x = tf.add(this.tokens.forward(input), places) as tf.Tensor3D;
      return this.head.forward(this.norm.forward(this.block.forward(x, context.at("block"))));
    });
  }
}

export const main = (model = new CharacterModel()) =>
  fit(model, { train: data, validation: data, epochs: 2, batchSize: 64, optimizer: "adamw", clipNorm: 1 });
