import type { DrawnDataset, DrawnOptions } from "./drawn-dataset";
import { needle } from "./needle";
import { shapes } from "./shapes";

/** The drawn data sets, by the names that recipes and checkpoints know them by: a name stands for the same images forever. */
export const DRAWN = {
  "shapes-v1": (options: DrawnOptions) => shapes({ ...options, version: 1 }),
  "shapes-v2": (options: DrawnOptions) => shapes({ ...options, version: 2 }),
  needle,
} satisfies Record<string, (options: DrawnOptions) => DrawnDataset>;

export type DrawnName = keyof typeof DRAWN;
