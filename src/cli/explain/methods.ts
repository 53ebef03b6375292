/** What a method may be asked besides: options of the command. */
export type Question = "block" | "head" | "query" | "class";

/** The methods of `vitlab explain`, and what each may be asked; apart from what they run, which loads TensorFlow.js. */
export const METHODS = {
  attention: ["block", "head", "query"],
  "weighted-attention": ["block", "head", "query"],
  rollout: ["query"],
  "gradient-attention": ["block", "query", "class"],
  relevance: ["query", "class"],
  occlusion: ["class"],
  distance: [],
  entropy: ["query"],
  similarity: ["block", "query"],
  components: ["block"],
  norms: [],
  positions: [],
  filters: [],
  "logit-lens": [],
  attribution: [],
} as const satisfies Record<string, readonly Question[]>;

/** One of them. */
export type MethodName = keyof typeof METHODS;
