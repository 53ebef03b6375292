import type { Tensor } from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import type { ViT } from "../../src/vit/model";
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
});
