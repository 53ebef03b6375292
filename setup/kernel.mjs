/** The kernel that the notebooks name. */
export const kernel = { name: "vitlab", displayName: "TypeScript (vitlab)", language: "typescript" };

/** Stock tslab, which runs them, too. */
export const stockKernel = { name: "tslab", displayName: "TypeScript (tslab)", language: "typescript" };
