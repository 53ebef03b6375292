// What has to hold in a stranger's project, whichever Node.js runs there: each check resolves to what it measured, or throws.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../paths.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { diskMegabytes } from "./project.mjs";

/** The subpaths of the package, each with something that it exports. */
export const subpaths = {
  base: "Random",
  data: "shapes",
  explain: "attentionRollout",
  figure: "heatmap",
  hub: "loadViT",
  kernel: "KERNEL",
  nn: "SelfAttention",
  panels: "explorerPage",
  recipes: "loadModel",
  tensor: "useEngine",
  train: "fit",
  vit: "ViT",
  widgets: "slider",
};

const MOST_MEGABYTES = 200;

/** The project's size without the native engine. */
export async function size({ folder }) {
  const megabytes = diskMegabytes(join(folder, "node_modules"));
  if (megabytes > MOST_MEGABYTES)
    throw new Error(`node_modules takes ${megabytes.toFixed(0)} MB, more than ${MOST_MEGABYTES}`);
  return `${megabytes.toFixed(0)} MB`;
}

const typed = `
import { fit, loadModel, presets, shapes, tf, ViT } from "vitlab";
${Object.entries(subpaths)
  .map(([path, name]) => `import { ${name} as ${path}_ } from "vitlab/${path}";`)
  .join("\n")}
import { ViT as SameViT } from "vitlab/vit";

export const used = [${Object.keys(subpaths).map((path) => `${path}_`)}];
const model: SameViT = new ViT({ ...presets.articleSimpleViT, dim: 64 });
const x: tf.Tensor2D = tf.ones([2, 2]);
x.add(1).square().print();
export const classes: Promise<readonly string[]> = loadModel("vit-cifar10").then((loaded) => loaded.classNames);
export const run = fit(model, { train: shapes({ count: 10 }), epochs: 1 });
// @ts-expect-error: types catch a mistake.
new ViT({ ...presets.articleSimpleViT, pool: "max" });
`;

/**
 * Types in strict mode, those of libraries checked as well, in each way that TypeScript finds modules. TypeScript 6 has
 * complaints about TensorFlow.js' core and what that brings (findings/tfjs-types-against-the-dom.sh), which are left out.
 *
 * @param options.typescript folder of the compiler
 */
export async function types({ folder, node, typescript = packageFile("typescript") }) {
  const settings = [
    ["node16", "node16", "commonjs"],
    ["node16", "node16", "module"],
    ["nodenext", "nodenext", "module"],
    ["esnext", "bundler", "module"],
  ];
  for (const [module, moduleResolution, type] of settings) {
    const name = `types-${moduleResolution}-${type}`;
    const file = `${name}.${type === "module" ? "mts" : "cts"}`;
    writeFileSync(join(folder, file), typed);
    const compilerOptions = {
      ...{ module, moduleResolution, target: "es2022", lib: ["es2022", "dom"], types: ["node"] },
      ...{ strict: true, skipLibCheck: false, noEmit: true, exactOptionalPropertyTypes: false },
    };
    const config = join(folder, `${name}.json`);
    writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
    const { ok, output } = await run(node, [join(typescript, "bin", "tsc"), "--project", config], { cwd: folder });
    const errors = output.split("\n").filter((line) => /^\S.* error TS/.test(line));
    const ours = errors.filter(
      (line) => !/^\S*(@webgpu[\\/]types|@tensorflow[\\/]tfjs-core|lib\.dom\.d\.ts)/.test(line),
    );
    if (ours.length > 0 || (!ok && errors.length === 0)) throw new Error(`${name}: ${ours[0] ?? lastWords(output)}`);
  }
  return settings.map(([, resolution, type]) => `${resolution} (${type})`).join(", ");
}

/** One build: what `require` gives, `import` gives, by every subpath. */
export async function modules({ folder, node }) {
  const code = `
import { createRequire } from "node:module";
import * as whole from "vitlab";
import { ViT, tf, useEngine } from "vitlab";
const require = createRequire(import.meta.url);
for (const path of ["vitlab", ...${JSON.stringify(Object.keys(subpaths))}.map((each) => "vitlab/" + each)]) {
  const [required, imported] = [require(path), await import(path)];
  for (const name of Object.keys(required)) {
    if (imported[name] !== required[name]) throw new Error(path + " imports another " + name);
    if (path !== "vitlab/kernel" && whole[name] !== required[name]) throw new Error(path + " has another " + name);
  }
}
for (const [path, name] of Object.entries(${JSON.stringify(subpaths)}))
  if (require("vitlab/" + path)[name] === undefined) throw new Error("vitlab/" + path + " has no " + name);
await useEngine("cpu", { quiet: true });
if (!(new ViT({ imageSize: 4, patchSize: 2, dim: 4, depth: 1, heads: 1, mlpDim: 4, classes: 2 }) instanceof require("vitlab/vit").ViT)) throw new Error("two classes");
console.log(tf.version_core);`;
  return script({ folder, node }, "modules.mjs", code);
}

/** A shipped model by its name, on a picture, and a figure as SVG. */
export async function predicts({ folder, node }) {
  const code = `
const { readFileSync } = require("node:fs");
const { loadModel, chelsea, coverImage, heatmap, imageToTensor, saveFigure, useEngine } = require("vitlab");
async function main() {
  await useEngine(undefined, { quiet: true });
  const { model, classNames } = await loadModel("vit-cifar10", { say: () => {} });
  const image = await coverImage(await chelsea(), { width: 32, height: 32 });
  const probabilities = model.predict(imageToTensor(image, { normalize: model.config.normalize })).dataSync();
  const best = probabilities.indexOf(Math.max(...probabilities));
  await saveFigure(heatmap([[1, 2], [3, 4]], { title: "four" }), "four.svg");
  if (!/^<svg/.test(readFileSync("four.svg", "utf8"))) throw new Error("four.svg is no SVG");
  console.log(classNames[best], probabilities[best].toFixed(2));
}
main();`;
  return script({ folder, node }, "predicts.cjs", code);
}

/** Where data sets are downloaded to: into the project, where an update of the package leaves them. */
export async function dataFolder({ folder, node }) {
  const code = `console.log(require("./node_modules/vitlab/dist/data/cifar10-files.js").dataFolder());`;
  return script({ folder, node, env: { ...process.env, VITLAB_DATA: "" } }, "data.cjs", code);
}

/** The native engine by one command. */
export async function engine({ folder, node, env }) {
  const main = join(folder, "node_modules", "vitlab", "dist", "cli", "main.js");
  await program(node, [main, "setup"], folder, env);
  const told = JSON.parse(await program(node, [main, "doctor", "--json"], folder, env));
  if (told.engine !== "native" || !told.compiled) throw new Error(`the engine is ${told.engine}: ${told.reason}`);
  return `TensorFlow ${told.tensorflow}`;
}

async function script({ folder, node, env }, name, code) {
  writeFileSync(join(folder, name), code);
  return (await program(node, [name], folder, env)).trim();
}

async function program(node, args, folder, env = process.env) {
  const result = await run(node, args, { cwd: folder, env, timeoutSeconds: 900 });
  if (!result.ok) throw new Error(`${args.join(" ")}: ${lastWords(result.output)}\n${result.output.slice(-3000)}`);
  return result.output;
}
