/**
 * The classes of CIFAR-10, in the order of its labels; the drawn shapes have the same ones.
 *
 * @example
 * ```ts
 * import { cifar10ClassNames } from "vitlab";
 *
 * console.log(cifar10ClassNames.length, cifar10ClassNames[3]); // 10 cat
 * ```
 */
export const cifar10ClassNames: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];
