import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { engines } from "../support/engines";

/** The gradient of a sum of what a layer of one's own computes. */
function gradient(layer: (x: Tensor) => Tensor, shape: number[]): Tensor {
  return tf.tidy(() => tf.grad((x) => tf.sum(layer(x)))(tf.ones(shape)));
}

const gathers = () => gradient((x) => tf.gather(x, tf.tensor1d([0, 1, 1], "int32")), [3, 2]);
const convolves = () => gradient((x) => tf.conv2d(tf.ones([1, 4, 4, 1]) as never, x as never, 1, "same"), [3, 3, 1, 1]);
const ATTENTION = "bqd,bkd->bqk";

it.each([
  ["the gradient of gather (UnsortedSegmentSum)", gathers],
  ["the gradient of conv2d for its filter (Conv2DBackpropFilter)", convolves],
  [
    "the gradient of depthwiseConv2d for its input (DepthwiseConv2dNativeBackpropInput)",
    () => gradient((x) => tf.depthwiseConv2d(x as never, tf.ones([3, 3, 1, 1]) as never, 1, "same"), [1, 4, 4, 1]),
  ],
  ["Einsum", () => tf.einsum(ATTENTION, tf.ones([1, 2, 3]), tf.ones([1, 2, 3]))],
])("on wasm, says of %s that it is missing and which engine has it", async (what, compute) => {
  await useEngine("wasm", { quiet: true });
  expect(compute).toThrow(
    new VitlabError(
      `engine wasm can't compute ${what}: use the native engine, await useEngine("native"), or "cpu", which is slow`,
    ),
  );
});

it("on wasm, still computes what it can after it said that it can't", async () => {
  await useEngine("wasm", { quiet: true });
  expect(gathers).toThrow(VitlabError);
  const slope = gradient((x) => tf.matMul(x as never, tf.ones([2, 1])), [3, 2]);
  expect([...slope.dataSync()]).toEqual([1, 1, 1, 1, 1, 1]);
  slope.dispose();
});

it.each(engines.filter((engine) => engine !== "wasm"))("%s computes those gradients", async (engine) => {
  await useEngine(engine, { quiet: true });
  const [ofGather, ofFilter] = [gathers(), convolves()];
  expect([...ofGather.dataSync()]).toEqual([1, 1, 2, 2, 0, 0]);
  expect([...ofFilter.dataSync()]).toEqual([9, 12, 9, 12, 16, 12, 9, 12, 9]);
  tf.dispose([ofGather, ofFilter]);
});

it.runIf(engines.includes("native"))(
  "on native, names the cpu engine for what TensorFlow.js leaves out there",
  async () => {
    await useEngine("native", { quiet: true });
    expect(() => tf.searchSorted(tf.tensor1d([1, 3, 5]), tf.tensor1d([2, 4]))).toThrow(
      new VitlabError('engine native can\'t compute SearchSorted: use await useEngine("cpu"), which is slow'),
    );
  },
);

it("says it no second time to whoever changes engines and comes back", async () => {
  await useEngine("wasm", { quiet: true });
  const before = tf.getKernelsForBackend("wasm").length;
  await useEngine("cpu", { quiet: true });
  await useEngine("wasm", { quiet: true });
  expect(tf.getKernelsForBackend("wasm")).toHaveLength(before);
});
