import { createHash, type Hash } from "node:crypto";
import type { SafetensorsHeader } from "../safetensors-header";

/**
 * The name in `__metadata__` under which a file tells the SHA-256 of its content.
 *
 * In the file itself, not in one beside it: it goes where the file goes, and a program that writes other weights under the same
 * name, as transformers does, takes it away with the old ones instead of leaving them to be called damaged.
 */
export const CONTENT_DIGEST = "vitlab_sha256";

/** The name under which a file of weights tells the SHA-256 of a JSON file that belongs to it. */
export function digestName(jsonFile: string): string {
  return `${CONTENT_DIGEST}:${jsonFile}`;
}

/**
 * Begins the SHA-256 of a file's content: with all that its header says, so that no tensor can pass for another; the numbers
 * follow in the order in which they lie in the file.
 */
export function beginDigest({ entries, metadata }: SafetensorsHeader): Hash {
  const told = Object.entries(metadata).filter(([name]) => name !== CONTENT_DIGEST);
  const tensors = [...entries].map(([name, { dtype, shape, span }]) => [name, dtype, shape, span] as const);
  // Whoever writes JSON anew may give it another order.
  told.sort(([a], [b]) => (a < b ? -1 : 1));
  tensors.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify([told, tensors]));
}
