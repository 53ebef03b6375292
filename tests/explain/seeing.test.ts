import { expect, it } from "vitest";
import type { Numbers } from "../../src/explain/look";
import { attentionDistance, distance } from "../../src/explain/seeing/attention-distance";
import { attentionEntropy, entropy } from "../../src/explain/seeing/attention-entropy";
import { attentionMap } from "../../src/explain/seeing/attention-map";
import { attentionRollout, rolloutMatrices } from "../../src/explain/seeing/attention-rollout";
import { gradientAttention } from "../../src/explain/seeing/gradient-attention";
import { relevance, relevanceMatrices } from "../../src/explain/seeing/relevance";
import { weightedAttention } from "../../src/explain/seeing/weighted-attention";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { golden, images, model, withGoldenModel } from "./golden-model";

onEveryEngine("what a ViT attends to", () => {
  withGoldenModel();

  it("is the attention of PyTorch's model, of any head, block and query", () => {
    for (const block of [0, 1, 2])
      expectNoLeak(() => {
        const heads = [0, 1, 2, 3].map((head) => attentionMap(model, images, { block, head, query: "all" }).data);
        const byImage = [0, 1].flatMap((image) =>
          heads.flatMap((data) => [...data.slice(image * 625, image * 625 + 625)]),
        );
        golden.expectClose(`attentions.${block}`, byImage);
      });
    const all = attentionMap(model, images, { block: 1, query: "all" });
    const row = attentionMap(model, images, { block: 1, query: 7 });
    const column = attentionMap(model, images, { block: 1, query: 7, read: "column" });
    expect(row.shape).toEqual([2, 6, 4]);
    expect(row.at(1, 2, 3)).toBe(all.at(1, 8, 1 + 11));
    expect(column.at(1, 2, 3)).toBe(all.at(1, 1 + 11, 8));
  });

  it.each(["mean", "max", "min"] as const)("rolls out the %s of heads as the reference does", (fusion) => {
    for (const discard of [0, 0.5]) {
      const options = { fusion, discard };
      const matrix = expectNoLeak(() => attentionRollout(model, images, { ...options, query: "all" }));
      golden.expectClose(`rollout/${fusion}/discard_${discard}/matrix`, matrix.data);
      golden.expectClose(`rollout/${fusion}/discard_${discard}/cls`, attentionRollout(model, images, options).data);
    }
  });

  it("weighs attention by the norm of values as the reference does", () => {
    for (const block of [0, 1, 2]) {
      const of = (head: number | "sum" | "norms") =>
        expectNoLeak(() => weightedAttention(model, images, { block, head, query: "all" }).data);
      golden.expectClose(`value_norm/${block}/of_sum`, of("sum"));
      golden.expectClose(`value_norm/${block}/sum_of_norms`, of("norms"));
      const heads = [0, 1, 2, 3].map(of);
      golden.expectClose(
        `value_norm/${block}/per_head`,
        [0, 1].flatMap((image) => heads.flatMap((data) => [...data.slice(image * 625, image * 625 + 625)])),
      );
    }
  });

  it("has PyTorch's gradient x attention and relevance", () => {
    const positive = expectNoLeak(() => gradientAttention(model, images));
    golden.expectClose("gradient_attention/positive/cls", positive.data);
    golden.expectClose("gradient_attention/signed/cls", gradientAttention(model, images, { positive: false }).data);
    golden.expectClose("relevance/cls", expectNoLeak(() => relevance(model, images)).data);
    const layers = expectNoLeak(() => relevanceMatrices(model, images));
    golden.expectClose(
      "relevance/layers",
      layers.flatMap((block) => block.flatMap((matrix) => [...matrix])),
    );
    const every = [0, 1, 2, 3, 4].map((of) => relevance(model, images, { class: of }).data);
    golden.expectClose(
      "relevance/every_class",
      [0, 1].flatMap((image) => every.flatMap((data) => [...data.slice(image * 24, image * 24 + 24)])),
    );
  });

  it("has the reference's distance and entropy", () => {
    const blockFirst = (data: Float32Array) =>
      [0, 1, 2].flatMap((block) =>
        [0, 1].flatMap((image) => [...data.slice((image * 3 + block) * 4, (image * 3 + block) * 4 + 4)]),
      );
    golden.expectClose("distance/plain", blockFirst(expectNoLeak(() => attentionDistance(model, images)).data));
    golden.expectClose(
      "distance/renormalised",
      blockFirst(attentionDistance(model, images, { renormalize: true }).data),
    );
    golden.expectClose("entropy/mean", blockFirst(expectNoLeak(() => attentionEntropy(model, images)).data));
    golden.expectClose("entropy/cls", blockFirst(attentionEntropy(model, images, { query: "class" }).data));
  });
});

const analysis = new Golden("layers/analysis");

it("reads attention that is at hand as the reference does", () => {
  const all = analysis.data("attentions");
  const size = 17 * 17;
  const weights: Numbers[] = [0, 1, 2].map((block) => ({
    shape: [2, 4, 17, 17],
    data: all.slice(block * 8 * size, (block + 1) * 8 * size),
  }));
  const rolled = rolloutMatrices(weights);
  analysis.expectClose(
    "rollout/mean",
    rolled.flatMap((block) => block.flatMap((matrix) => [...matrix])),
  );
  for (const fusion of ["mean", "max", "min"] as const) {
    const last = rolloutMatrices(weights, { fusion }).at(-1) ?? [];
    analysis.expectClose(
      `rollout/${fusion}_cls`,
      last.flatMap((matrix) => [...matrix.slice(1, 17)]),
    );
  }
  const grid = { rows: 4, columns: 4, prefix: 1 };
  const each = (measure: (matrix: Float32Array) => number) =>
    Array.from({ length: 24 }, (_, i) => measure(all.subarray(i * size, (i + 1) * size)));
  const how = { patchSize: 8, renormalize: false };
  analysis.expectClose(
    "distance/plain",
    each((matrix) => distance(matrix, 17, grid, how)),
  );
  analysis.expectClose(
    "distance/renormalised",
    each((matrix) => distance(matrix, 17, grid, { ...how, renormalize: true })),
  );
  analysis.expectClose(
    "entropy",
    each((matrix) => entropy(matrix, 17)),
  );
});
