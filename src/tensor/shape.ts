/** A shape as readers know it from PyTorch: `[64, 65, 32]`. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
