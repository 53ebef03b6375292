import { expect, it } from "vitest";
import { imageAt } from "../../../src/data/dataset";
import { shapes } from "../../../src/data/shapes";
import { datasetToTensor } from "../../../src/data/to-tensor";
import { attentionMap } from "../../../src/explain/seeing/attention-map";
import { drawExplanation } from "../../../src/panels/draw-explanation";
import { explorer } from "../../../src/panels/explorer/node/explorer";
import { loadModel } from "../../../src/recipes/load-model";
import { useEngine } from "../../../src/tensor/node/engine";
import { fakeKernel } from "../../widgets/fake-kernel";

const kernel = fakeKernel();

/** Bytes that a value takes in a saved notebook, where what is binary is base64. */
const saved = (value: unknown) =>
  JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? Buffer.from(part.buffer).toString("base64") : part))
    .length;

it("a notebook with 20 figures and an explorer, its state saved, stays below 5 MB", async () => {
  await useEngine(undefined, { quiet: true });
  const { model, classNames } = await loadModel("vit-cifar10");
  const dataset = shapes({ split: "test", count: 10 });
  const x = datasetToTensor(dataset, { normalize: model.config.normalize });
  const images = Array.from({ length: dataset.length }, (_, i) => imageAt(dataset, i));
  let bytes = 0;
  for (let i = 0; i < 20; i++) {
    const explanation = attentionMap(model, x, { block: i % 5, head: i % 5, query: i });
    bytes += saved(await drawExplanation(explanation, { images }).bundle());
  }
  const figures = bytes;
  const seen = explorer({ model, classNames }, x);
  bytes += saved(await seen._repr_mimebundle_());
  for (const { value } of kernel().shown) bytes += saved(value);
  for (const { data, buffers = [] } of kernel().sent) bytes += saved(data) + saved(buffers);
  seen.close();
  x.dispose();
  model.dispose();
  expect(bytes - figures).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(5e6);
  // Most of it is the front end's own code.
  expect(bytes - figures).toBeLessThan(1e6);
});
