/** The kernel that the notebooks name. */
export const kernel = { name: "tslab", displayName: "TypeScript (tslab)", language: "typescript" };
