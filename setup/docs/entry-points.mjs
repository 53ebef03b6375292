/**
 * What others import by a name of the package, `{ name, file }` each, from its `exports`: "vitlab/nn" is `src/nn/index.ts`,
 * of which `./dist/nn/index.js` was made. What is no module, such as package.json, has no page.
 */
export function entryPoints({ name, exports }) {
  return Object.entries(exports)
    .map(([path, target]) => ({ name: path.replace(/^\./, name), file: target.default ?? target }))
    .filter(({ file }) => /^\.\/dist\/.*\.js$/.test(file))
    .map((entry) => ({ ...entry, file: entry.file.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts") }));
}
