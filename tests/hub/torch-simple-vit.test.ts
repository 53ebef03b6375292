import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fromTorchSimpleViT, toTorchSimpleViT } from "../../src/hub/torch-simple-vit";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import { ViT } from "../../src/vit/model";
import { presets } from "../../src/vit/presets";
import { onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { loadSimpleViT, simpleViTs, torchLayout, torchName } from "../support/simple-vit";

onEveryEngine("the article's PyTorch model", () => {
  for (const [name, options] of simpleViTs) {
    const golden = new Golden(`simple_vit/${name}/golden`);
    let model: ViT;
    let images: ReturnType<Golden["images"]>;
    let labels: Tensor;
    const count = golden.json.scalars.batch as number;

    beforeAll(() => {
      model = loadSimpleViT(golden, options);
      const all = golden.images("images");
      images = tf.slice(all, 0, count) as typeof images;
      all.dispose();
      labels = tf.tensor1d(golden.data("labels"), "int32");
    });
    afterAll(() => {
      model.dispose();
      images.dispose();
      labels.dispose();
    });

    it(`${name}: every stage of the forward pass`, () => {
      expect(model.parameterCount().total).toBe(golden.json.scalars.parameter_count);
      const { logits, trace } = model.run(images);
      golden.expectClose("patches", trace.get("patches"));
      golden.expectClose("embedded", trace.get("patchEmbeddings"));
      golden.expectClose("tokens", trace.get("embeddings"));
      for (let i = 0; i < model.config.depth; i++) {
        const weights = trace.get(`blocks.${i}.attention.weights`);
        const stored = golden.shape(`layers.${i}.attention`)[0] as number;
        golden.expectClose(`layers.${i}.attention`, tf.slice(weights, 0, stored));
        golden.expectClose(`layers.${i}.output`, trace.get(`blocks.${i}.output`));
      }
      golden.expectClose("logits", logits);
      golden.expectClose("logits", model.forward(images));
      golden.expectClose("loss", crossEntropy(logits, labels as never));
      trace.dispose();
    });

    it(`${name}: goes back to PyTorch to the bit`, () => {
      const state = toTorchSimpleViT(model);
      expect(Object.keys(state).sort()).toEqual(golden.names("param/").sort());
      for (const [key, { shape, data }] of Object.entries(state)) {
        expect([key, shape]).toEqual([key, golden.shape(`param/${key}`)]);
        expect(Buffer.from(data.buffer).equals(Buffer.from(golden.data(`param/${key}`).buffer)), key).toBe(true);
      }
    });

    it(`${name}: the gradient of every parameter`, () => {
      const names = [...model.namedParameters().keys()];
      const { value, grads } = tf.variableGrads(
        () => crossEntropy(model.forward(images), labels as never),
        model.parameters(),
      );
      golden.expectClose("loss", value);
      const variables = model.parameters();
      expect(names.length).toBe(golden.names("grad/").length);
      names.forEach((ours, i) => {
        const torch = torchName(ours);
        const gradient = grads[(variables[i] as (typeof variables)[number]).name] as Tensor;
        golden.expectClose(`grad/${torch.name}`, torchLayout(gradient, torch.turned));
      });
      tf.dispose([value, ...Object.values(grads)]);
    });
  }

  it("as printed, without batch_first, gives every image the same logits", () => {
    const golden = new Golden("simple_vit/article_as_printed/golden");
    const article = new Golden("simple_vit/article/golden");
    const model = loadSimpleViT(article, { attentionOverBatch: true });
    const images = article.images("images");
    const { logits, trace } = model.run(images);
    golden.expectClose("logits", logits);
    const weights = trace.get("blocks.0.attention.weights");
    golden.expectClose("layers.0.attention", tf.squeeze(tf.slice(weights, 0, 1), [0]));
    const spread = tf.max(tf.moments(logits, 0).variance).dataSync()[0];
    expect(spread).toBeLessThan(1e-10);
    trace.dispose();
    model.dispose();
  });

  it("refuses to write what the article's program doesn't have", () => {
    const small = { ...presets.tiny, dim: 8, depth: 1, heads: 2, mlpDim: 8 };
    for (const [config, message] of [
      [small, "it has a layer normalization after the last block"],
      [{ ...small, finalNorm: false, qkvBias: false }, "its query, key and value have no bias"],
      [{ ...small, finalNorm: false, positions: "sincos2d" }, "its positions are sincos2d, not learned"],
      [{ ...small, finalNorm: false, pool: "mean", classToken: false }, "it has no class token"],
    ] as const) {
      const model = new ViT(config);
      expect(() => toTorchSimpleViT(model)).toThrow(message);
      model.dispose();
    }
  });

  it("writes patches in PyTorch's order, whatever order the model cuts them in", () => {
    const config = { ...presets.articleSimpleViT, dropout: 0, attentionDropout: 0, mlpDim: 16 };
    const model = new ViT({ ...config, patchOrder: "hwc" });
    const back = fromTorchSimpleViT(toTorchSimpleViT(model), { dropout: 0, attentionDropout: 0 });
    const images = tf.randomUniform([2, 32, 32, 3], -1, 1, "float32", 1) as Tensor4D;
    const [want, got] = [model, back].map((either) => [...either.forward(images).dataSync()]);
    expect(back.config.patchOrder).toBe("chw");
    (want as number[]).forEach((value, i) => {
      expect(got?.[i]).toBeCloseTo(value, 5);
    });
    model.dispose();
    back.dispose();
  });
});
