import type { Tensor } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { tf } from "./tf";

/** What needs a kernel, where its name doesn't say so. */
const NEEDED_BY: Readonly<Record<string, string>> = {
  UnsortedSegmentSum: "the gradient of gather",
  Conv2DBackpropFilter: "the gradient of conv2d for its filter",
  DepthwiseConv2dNativeBackpropFilter: "the gradient of depthwiseConv2d for its filter",
  DepthwiseConv2dNativeBackpropInput: "the gradient of depthwiseConv2d for its input",
};

/**
 * Makes an engine say in one sentence that it lacks an operation which a layer of the reader's own asks for, or its
 * gradient: TensorFlow.js says "Kernel 'Einsum' not registered for backend 'wasm'". What the cpu engine has is what there is.
 *
 * @param engine the name of the engine in use
 * @param others the engines to use instead, in words
 */
export function explainMissingKernels(engine: string, others: string): void {
  const backendName = tf.getBackend();
  for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
    if (tf.getKernel(kernelName, backendName)) continue;
    const needed = NEEDED_BY[kernelName];
    const kernelFunc = (): Tensor => {
      throw new VitlabError(
        `engine ${engine} can't compute ${needed ? `${needed} (${kernelName})` : kernelName}: use ${others}`,
      );
    };
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
}
