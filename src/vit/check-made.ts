import type { Tensor } from "@tensorflow/tfjs-core";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { tf } from "../tensor/tf";

/** @throws VitlabError when a module made another shape than the model goes on with; null stands for any number. */
export function checkMade(what: string, made: Tensor, expected: readonly (number | null)[]): void {
  if (!(made instanceof tf.Tensor))
    throw new VitlabError(`${what} of the model made ${show(made)}: it must return a tensor`);
  if (made.rank === expected.length && expected.every((size, axis) => size === null || size === made.shape[axis]))
    return;
  throw new VitlabError(
    `${what} of the model made ${showShape(made.shape)}: it must make [${expected.map((size) => size ?? "tokens").join(", ")}]`,
  );
}
