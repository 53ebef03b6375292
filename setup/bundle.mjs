// `npm run build`, second half: what is made into one file, beside the compiled modules of the same folder: what runs in a
// browser, and the part of TensorFlow.js that Node.js can't load as it is.

import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { browserBuild } from "./browser-build.mjs";
import { bundleCoreGradients } from "./core-gradients.mjs";
import { root } from "./paths.mjs";

/** The WebAssembly engine's glue for threads: a page opened from the disk has none, and it is never called. */
const withoutThreads = {
  name: "without-threads",
  setup({ onLoad }) {
    onLoad({ filter: /tfjs-backend-wasm-threaded-simd(\.worker)?\.js$/ }, () => ({
      contents: "export default undefined; export const wasmWorkerContents = '';",
    }));
  },
};

/** A page learns nothing. */
const withoutGradients = {
  name: "without-gradients",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]core-gradients\.ts$/ }, () => ({ contents: "" }));
  },
};

/** What a folder of `src/panels` may have for a browser: its entry, the file that it becomes, and how it is loaded. */
const kinds = [
  // An ES module, as anywidget loads it.
  { entry: "front/main.ts", file: "front.js", format: "esm" },
  // A script within a page, which computes: of TensorFlow.js its operations alone.
  { entry: "page/main.ts", file: "page.js", format: "iife", plugins: [withoutThreads, withoutGradients] },
];

/** Bundles what is there; resolves to the files written, relative to the project. */
export async function bundle() {
  const panels = join(root, "src", "panels");
  const folders = readdirSync(panels, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const ofPanels = folders.flatMap(({ name }) =>
    kinds
      .filter(({ entry }) => existsSync(join(panels, name, entry)))
      .map(({ entry, file, ...rest }) => ({
        entry: join(panels, name, entry),
        file: join(root, "dist", "panels", name, file),
        ...rest,
      })),
  );
  // Within the page of a notebook, for what is typed: JupyterLab loads it as a script.
  const editing = {
    entry: join(root, "src", "kernel", "jupyterlab", "page", "main.ts"),
    file: join(root, "dist", "kernel", "jupyterlab", "page.js"),
    format: "iife",
  };
  const made = [...ofPanels, editing].map(async ({ entry, file, ...rest }) => {
    await build({ entryPoints: [entry], outfile: file, ...browserBuild, logLevel: "warning", ...rest });
    return relative(root, file);
  });
  return Promise.all([...made, bundleCoreGradients()]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await bundle();
