/** The methods of `vitlab explain`; apart from what they run, which loads TensorFlow.js. */
export const METHODS = [
  "attention",
  "weighted-attention",
  "rollout",
  "gradient-attention",
  "relevance",
  "occlusion",
  "distance",
  "entropy",
  "similarity",
  "components",
  "norms",
  "positions",
  "filters",
  "logit-lens",
  "attribution",
] as const;

/** One of them. */
export type MethodName = (typeof METHODS)[number];
