import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { afterAll, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { hubTrace } from "../../src/hub/hub-trace";
import { saveViT } from "../../src/hub/save-vit";
import { SelfAttention } from "../../src/nn/attention";
import { EncoderBlock } from "../../src/nn/encoder-block";
import { LayerNorm } from "../../src/nn/layer-norm";
import { Linear } from "../../src/nn/linear";
import { Mlp } from "../../src/nn/mlp";
import type { Module } from "../../src/nn/module";
import { SwiGLU } from "../../src/nn/swiglu";
import { activate } from "../../src/tensor/activation";
import { attention } from "../../src/tensor/attention";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import { saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { evaluate } from "../../src/train/evaluate";
import { finetune } from "../../src/train/finetune";
import { fit } from "../../src/train/fit";
import { linearProbe } from "../../src/train/linear-probe";
import { planTraining } from "../../src/train/plan";
import type { ViT } from "../../src/vit/model";
import { withNewHead } from "../../src/vit/new-head";
import { patchify } from "../../src/vit/patches";
import { onEveryEngine } from "../support/engines";
import { colors, microModel } from "../train/micro";

const SENTENCE =
  "this ViT was disposed, its numbers are freed: make or load it again, and dispose of it only after its last use";

const work = mkdtempSync(join(tmpdir(), "vitlab-disposed-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const train = colors(12);

/** What was thrown, at once or by the promise. */
async function errorOf(use: () => unknown): Promise<Error> {
  try {
    await use();
  } catch (error) {
    return error as Error;
  }
  return expect.fail("nothing was thrown");
}

onEveryEngine("a disposed model", () => {
  const images = () => tf.zeros([1, 8, 8, 3]) as Tensor4D;
  const uses: [string, (model: ViT) => unknown][] = [
    ["forward", (model) => model.forward(images())],
    ["run", (model) => model.run(images())],
    ["predict", (model) => model.predict(images())],
    ["features", (model) => model.features(images())],
    ["stateDict", (model) => model.stateDict()],
    ["loadStateDict", (model) => model.loadStateDict({})],
    ["fit", (model) => fit(model, { train, epochs: 1 })],
    ["finetune", (model) => finetune(model, { train })],
    ["planTraining", (model) => planTraining(model, { train, epochs: 1 })],
    ["linearProbe", (model) => linearProbe(model, { train })],
    ["evaluate", (model) => evaluate(model, train)],
    ["saveCheckpoint", (model) => saveCheckpoint(join(work, "checkpoint"), model)],
    ["saveViT", (model) => saveViT(model, join(work, "vit"))],
    ["withNewHead", (model) => withNewHead(model, 2)],
    ["hubTrace", (model) => hubTrace(model, tf.zeros([1, 3, 8, 8]))],
  ];

  it.each(uses)("is refused in one sentence: %s", async (_, use) => {
    const model = microModel();
    expect(model.isDisposed).toBe(false);
    model.dispose();
    model.dispose();
    expect(model.isDisposed).toBe(true);
    await tf.ready();
    const scope = tf.memory().numTensors;
    const error = await errorOf(() => use(model));
    expect(error).toBeInstanceOf(VitlabError);
    expect(error.message).toBe(SENTENCE);
    // The images that the call was given are the caller's.
    expect(tf.memory().numTensors - scope).toBeLessThanOrEqual(1);
    expect(readdirSync(work), "nothing is written").toEqual([]);
  });

  it.each(uses)("of which one parameter was disposed is named: %s", async (_, use) => {
    const model = microModel();
    model.namedParameters().get("blocks.0.attention.qkv.weight")?.dispose();
    expect(model.isDisposed).toBe(true);
    const error = await errorOf(() => use(model));
    expect(error).toBeInstanceOf(VitlabError);
    expect(error.message).toBe(SENTENCE.replace("this ViT", "blocks.0.attention.qkv.weight of this ViT"));
    model.dispose();
  });

  it("ends the training that it is disposed of in, with that sentence", async () => {
    const model = microModel();
    const before = tf.memory().numTensors - model.parameters().length;
    const run = fit(model, { train, validation: colors(6), epochs: 50, batchSize: 4, ema: 0.9, timing: false });
    const events: string[] = [];
    const error = await errorOf(async () => {
      for await (const event of run) {
        events.push(event.type);
        if (events.length === 2) model.dispose();
      }
    });
    expect(error.message).toBe(SENTENCE);
    await expect(run).rejects.toThrow(SENTENCE);
    expect(tf.memory().numTensors, "tensors left behind").toBe(before);
  });

  it("ends a training that hasn't begun, or that saves", async () => {
    const early = microModel();
    const run = fit(early, { train, epochs: 1 });
    early.dispose();
    await expect(run).rejects.toThrow(SENTENCE);
    await expect(run.plan).rejects.toThrow(SENTENCE);
    const saving = microModel();
    const dir = join(work, "run");
    const saved = fit(saving, { train, epochs: 50, batchSize: 4, timing: false, checkpoint: { dir, everySteps: 1 } });
    for await (const { type } of saved) {
      if (type === "step") break;
    }
    saving.dispose();
    saved.stop();
    await expect(saved).rejects.toThrow(SENTENCE);
    rmSync(dir, { recursive: true });
  });

  const random = null;
  const x = () => tf.zeros([1, 2, 4]) as Tensor3D;
  const blocks: [string, () => Module & { forward(input: Tensor3D): Tensor3D }][] = [
    ["Linear", () => new Linear(4, 4, { random })],
    ["LayerNorm", () => new LayerNorm(4)],
    ["SwiGLU", () => new SwiGLU(4, 8, { random })],
    ["Mlp", () => new Mlp(4, 8, { activation: "gelu", random })],
    ["SelfAttention", () => new SelfAttention(4, { heads: 2, random })],
    ["EncoderBlock", () => new EncoderBlock(4, { heads: 2, mlpDim: 8, norm: "pre", activation: "gelu", random })],
    ["EncoderBlock", () => new EncoderBlock(4, { heads: 2, mlpDim: 8, norm: "post", activation: "relu", random })],
  ];
  it.each(blocks)("as its blocks are: %s", (name, make) => {
    const whole = make();
    whole.dispose();
    expect(() => whole.forward(x())).toThrow(SENTENCE.replace("ViT", name));
    const part = make();
    const [parameter] = [...part.namedParameters().keys()].slice(-1);
    part.parameters().at(-1)?.dispose();
    expect(() => part.forward(x())).toThrow(`${parameter} of this ${name} was disposed`);
    const input = x();
    input.dispose();
    const fresh = make();
    expect(() => fresh.forward(input)).toThrow("[1, 2, 4] was disposed, its numbers are freed");
  });

  it("as are tensors that operations and models are given", () => {
    const model = microModel();
    const gone = <T>(shape: number[]) => {
      const tensor = tf.zeros(shape);
      tensor.dispose();
      return tensor as T;
    };
    const message = "was disposed, its numbers are freed: use it before that, or make it again";
    expect(() => model.forward(gone<Tensor4D>([1, 8, 8, 3]))).toThrow(`the tensor of images [1, 8, 8, 3] ${message}`);
    expect(() => patchify(gone<Tensor4D>([1, 8, 8, 3]), 4)).toThrow(message);
    expect(() => hubTrace(model, gone<Tensor4D>([1, 3, 8, 8]))).toThrow(message);
    expect(() => attention(gone<Tensor3D>([1, 2, 12]), 2)).toThrow(message);
    expect(() => activate(gone<Tensor3D>([1, 2, 4]), "gelu")).toThrow(message);
    expect(() => crossEntropy(gone<Tensor2D>([1, 3]), tf.tensor1d([0]))).toThrow(message);
    model.dispose();
  });

  it("leaves the tensors of others alone when it is freed twice", () => {
    const model = microModel();
    const copy = tf.clone(model.head.weight);
    const numbers = [...copy.dataSync()];
    model.dispose();
    model.dispose();
    expect([...copy.dataSync()]).toEqual(numbers);
    copy.dispose();
  });
});
