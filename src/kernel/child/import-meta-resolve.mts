/** Which URL an `import` of `specifier` in the file at `parent` stands for: Node.js tells it to ECMAScript modules alone. */
export const importMetaResolve: (specifier: string, parent: string) => string = import.meta.resolve;
