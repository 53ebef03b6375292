import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { packageFile, root } from "./paths.mjs";

const core = "@tensorflow/tfjs-core";
const folder = packageFile(core, "dist");

/** Modules of which a second copy would have a state of its own, or would bring the whole core along. */
const replaced = {
  "engine.js": `import { engine } from "${core}"; export const ENGINE = engine();`,
  "environment.js": `export { ENV, Environment, env } from "${core}";`,
  "tensor.js": `import { Tensor } from "${core}"; export * from "${core}"; export const getGlobalTensorClass = () => Tensor;`,
  "base.js": `export * from "${core}";`,
  "ops/ops.js": `export * from "${core}";`,
};

/**
 * Makes the one file of `src/tensor/core-gradients.ts`: gradients and chained operations of TensorFlow.js' core, which it has
 * as modules without file endings, which Node.js doesn't find. All else they ask the core itself for, as far as it exports it.
 */
export async function bundleCoreGradients() {
  const file = join(root, "dist", "tensor", "core-gradients.js");
  const entryPoints = [join(root, "src", "tensor", "core-gradients.ts")];
  const plugins = [askTheCore(new Set(Object.keys(createRequire(import.meta.url)(core))))];
  const options = { bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" };
  await build({ ...options, entryPoints, outfile: file, plugins });
  return relative(root, file);
}

function askTheCore(exported) {
  const setup = ({ onResolve, onLoad }) => {
    onResolve({ filter: new RegExp(`^${core}$`) }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /[\\/]tfjs-core[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
      const name = relative(folder, path).replaceAll("\\", "/");
      if (/^(gradients|public)\/|^register_all/.test(name)) return undefined;
      const contents = replaced[name] ?? sameFromCore(readFileSync(path, "utf8"), exported);
      return contents === undefined ? undefined : { contents, resolveDir: folder };
    });
  };
  return { name: "ask-the-core", setup };
}

/** The module as one that passes on what the core exports; undefined where the core doesn't export all of it. */
function sameFromCore(text, exported) {
  const names = [...text.matchAll(/^export (?:const|let|function|class|async function) (\w+)/gm)].map(
    ([, name]) => name,
  );
  const isBarrel = /^export (?:\*|\{)/m.test(text);
  if (isBarrel || names.length === 0 || !names.every((name) => exported.has(name))) return undefined;
  return `export { ${names.join(", ")} } from "${core}";`;
}
