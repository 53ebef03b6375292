import type { Tensor } from "@tensorflow/tfjs";
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
  if (showShape(residual.shape) === showShape(expected)) return;
  throw new VitlabError(
    `${operation} got ${showShape(residual.shape)} to add: expected the shape of what it is added to, ${showShape(expected)}`,
  );
}
