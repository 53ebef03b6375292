import { cosine } from "../cosine";

/** The patches from the largest number down; of equal ones the earlier come first. */
export function descending(values: ArrayLike<number>): number[] {
  return Array.from(values, (_, i) => i).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
}

/**
 * Spearman's rank correlation, from -1 to 1; equal numbers share the mean of their ranks. 0 where either says nothing.
 *
 * @example
 * ```ts
 * import { spearman } from "vitlab";
 *
 * // Ranks alone count.
 * console.log(spearman([1, 2, 3], [10, 20, 1000]), spearman([1, 2, 3], [3, 2, 1])); // 1 -1
 * ```
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return cosine(ranks(a), 0, ranks(b), 0, a.length);
}

/** Ranks from the smallest number up, less their mean. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const found = new Float64Array(values.length);
  const mean = (values.length - 1) / 2;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    for (let i = start; i < end; i++) found[order[i] as number] = (start + end - 1) / 2 - mean;
    start = end;
  }
  return found;
}
