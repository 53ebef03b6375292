import type { Tensor } from "@tensorflow/tfjs-core";
import { show } from "./check-options";
import { VitlabError } from "./error";

/** A shape as readers know it from PyTorch: `[64, 65, 32]`. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Checks a tensor that is added to a result: it must have the very shape, as its gradient isn't summed over other axes.
 *
 * @throws VitlabError when it doesn't.
 */
export function checkResidual(operation: string, residual: Tensor, expected: readonly number[]): void {
  if (!Array.isArray(residual.shape))
    throw new VitlabError(`${operation} got ${show(residual)} to add: expected a tensor ${showShape(expected)}`);
  if (showShape(residual.shape) === showShape(expected)) return;
  throw new VitlabError(
    `${operation} got ${showShape(residual.shape)} to add: expected the shape of what it is added to, ${showShape(expected)}`,
  );
}

/**
 * Checks a tensor whose last axis is scaled, feature by feature.
 *
 * @throws VitlabError when that axis isn't as long as the scale.
 */
export function checkFeatures(operation: string, x: Tensor, scale: Tensor): void {
  const features = scale.shape[0];
  if (x.shape[x.shape.length - 1] === features) return;
  throw new VitlabError(
    `${operation} got ${showShape(x.shape)}: its last axis must be ${features} long, as its scale is`,
  );
}
