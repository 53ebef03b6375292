import type { DrawingRules } from "./drawn-dataset";
import { needleRules } from "./needle";
import { shapesRules } from "./shapes";

/** The drawn data sets, by the names that recipes and checkpoints know them by: a name stands for the same images forever. */
export const DRAWN = {
  "shapes-v1": shapesRules(1),
  "shapes-v2": shapesRules(2),
  needle: needleRules,
} satisfies Record<string, DrawingRules>;

export type DrawnName = keyof typeof DRAWN;
