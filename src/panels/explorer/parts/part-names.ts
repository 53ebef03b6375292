/** The parts of a block whose formula can be opened, in the order of a forward pass (of a pre-norm block). */
export const BLOCK_PARTS = [
  "norm1.output",
  "attention.query",
  "attention.key",
  "attention.value",
  "attention.scores",
  "attention.weights",
  "attention.heads",
  "attention.output",
  "middle",
  "norm2.output",
  "mlp.hidden",
  "mlp.output",
  "output",
] as const;

/** Those before the first block. */
export const FIRST_PARTS = ["patches", "patchEmbeddings", "embeddings"] as const;

/** Those after the last block. */
export const LAST_PARTS = ["normalized", "pooled", "logits", "answers"] as const;
