import type { Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { directLogitAttribution } from "../../src/explain/reading/direct-attribution";
import { logitLens } from "../../src/explain/reading/logit-lens";
import { tf } from "../../src/tensor/tf";
import { ViT } from "../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { golden, images, model, withGoldenModel } from "./golden-model";

onEveryEngine("reading out", () => {
  withGoldenModel();

  it("reads every token at every depth as PyTorch's last LayerNorm and classifier do", () => {
    golden.expectClose("lens/after_blocks", expectNoLeak(() => logitLens(model, images)).data);
    golden.expectClose("lens/mid", logitLens(model, images, { states: "between" }).data);
    const all = logitLens(model, images, { states: "all" });
    expect(all.axes[1]?.labels).toEqual([
      "embeddings",
      ...[0, 1, 2].flatMap((block) => [`block ${block}, between`, `block ${block}`]),
    ]);
    const last = [0, 1].flatMap((image) => [0, 1, 2, 3, 4].map((of) => all.at(image, 6, 0, of)));
    golden.expectClose("logits", last);
    const shares = logitLens(model, images, { of: "probabilities" });
    expect([0, 1, 2, 3, 4].reduce((sum, of) => sum + shares.at(1, 2, 3, of), 0)).toBeCloseTo(1, 5);
  });

  it("takes the logits apart into parts that add up to them", () => {
    const parts = expectNoLeak(() => directLogitAttribution(model, images));
    golden.expectClose("direct/contributions", parts.data);
    const sums = [0, 1].flatMap((image) =>
      [0, 1, 2, 3, 4].map((of) =>
        (parts.axes[1]?.labels ?? []).reduce((sum, _, part) => sum + parts.at(image, part, of), 0),
      ),
    );
    golden.expectClose("logits", sums);
    expect(parts.axes[1]?.labels?.slice(0, 7)).toEqual((golden.json.scalars.direct_components as string[]).slice(0, 7));
    const sources = expectNoLeak(() => directLogitAttribution(model, images, { by: "sources" }));
    golden.expectClose("direct/head_by_source", sources.data);
  });

  it("adds up for means of patches, without class token, with registers and without positions", () => {
    const config = { imageSize: 8, patchSize: 4, dim: 12, depth: 2, heads: 3, mlpDim: 10, classes: 4 };
    const x = tf.randomNormal([2, 8, 8, 3], 0, 1, "float32", 3) as Tensor4D;
    for (const more of [
      { pool: "mean", classToken: false },
      { pool: "mean", registerTokens: 2 },
      { positions: "none" },
      { registerTokens: 2, distillationToken: true },
    ] as const) {
      const other = new ViT({ ...config, ...more }, { seed: 4 });
      const logits = tf.tidy(() => other.forward(x).dataSync());
      const parts = directLogitAttribution(other, x);
      for (let i = 0; i < 8; i++) {
        const [image, of] = [Math.floor(i / 4), i % 4];
        const sum = (parts.axes[1]?.labels ?? []).reduce((all, _, part) => all + parts.at(image, part, of), 0);
        expect(sum).toBeCloseTo(logits[i] as number, 5);
      }
      other.dispose();
    }
    x.dispose();
  });

  it("refuses to take the logits of post-norm blocks apart, and puts the head on their outputs", () => {
    const config = { imageSize: 8, patchSize: 4, dim: 12, depth: 2, heads: 3, mlpDim: 10, classes: 4 };
    const post = new ViT({ ...config, norm: "post" });
    const x = tf.randomNormal([1, 8, 8, 3]) as Tensor4D;
    expect(() => directLogitAttribution(post, x)).toThrow(/post-norm blocks.*logitLens/);
    const logits = tf.tidy(() => [...post.forward(x).dataSync()]);
    const lens = logitLens(post, x);
    expect([0, 1, 2, 3].map((of) => lens.at(0, 2, 0, of))).toEqual(logits.map((value) => expect.closeTo(value, 5)));
    x.dispose();
    post.dispose();
  });
});
