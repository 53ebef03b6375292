import type { Tensor } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";

/**
 * Refuses a tensor whose numbers are freed, of which the engine would fail somewhere inside.
 *
 * @param what names the tensor in the message, as in "the images"
 * @throws VitlabError when it was disposed.
 */
export function checkNotDisposed(what: string, tensor: Tensor): void {
  if (tensor.isDisposed)
    throw new VitlabError(
      `${what} ${showShape(tensor.shape)} was disposed, its numbers are freed: use it before that, or make it again ` +
        "(tf.tidy disposes of all that it doesn't return)",
    );
}
