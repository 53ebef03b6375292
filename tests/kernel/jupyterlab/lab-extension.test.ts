import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { installLabExtension } from "../../../src/base/node/lab-extension";

// As built: the script is bundled from src/kernel/jupyterlab/page.
const { editingExtension } = require("../../../dist/kernel/jupyterlab/lab-extension.js");

const jupyter = mkdtempSync(join(tmpdir(), "jupyter-"));
afterAll(() => rmSync(jupyter, { recursive: true }));

it("lies where Jupyter looks for it, and asks for notebooks and for the editors' extensions", async () => {
  const folder = installLabExtension(jupyter, editingExtension());
  expect(folder).toBe(join(jupyter, "labextensions", "vitlab-editing"));
  const { jupyterlab } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  expect(jupyterlab).toMatchObject({ extension: true, _build: { extension: "./extension" } });
  const window: { _JUPYTERLAB?: Record<string, { init(scope: object): void; get(): Promise<() => unknown> }> } = {};
  new Function("window", readFileSync(join(folder, jupyterlab._build.load), "utf8"))(window);
  const container = window._JUPYTERLAB!["vitlab-editing"]!;
  const share = (exports: object, loaded = false) => ({ loaded, get: async () => () => exports });
  const tracker = { name: "INotebookTracker" };
  const registry = { name: "IEditorExtensionRegistry" };
  container.init({
    "@codemirror/state": { "6.0.0": share({}) },
    "@codemirror/view": { "6.0.0": share({}) },
    // Another extension brings an older one along: the one in use counts.
    "@jupyterlab/notebook": { "3.0.0": share({}), "4.6.6": share({ INotebookTracker: tracker }, true) },
    "@jupyterlab/codemirror": { "4.6.6": share({ IEditorExtensionRegistry: registry }) },
    "@jupyterlab/apputils": { "4.7.6": share({}) },
    "@lumino/widgets": { "2.9.0": share({}) },
  });
  expect((await container.get())()).toMatchObject({
    __esModule: true,
    default: { id: "vitlab-editing:plugin", autoStart: true, requires: [tracker, registry] },
  });
});

it("says which package it misses in a page that shares too little", async () => {
  const { script } = editingExtension();
  const window: { _JUPYTERLAB?: Record<string, { init(scope: object): void; get(): Promise<unknown> }> } = {};
  new Function("window", script)(window);
  const container = window._JUPYTERLAB!["vitlab-editing"]!;
  container.init({});
  await expect(container.get()).rejects.toThrow("vitlab-editing: this page shares no @codemirror/state");
});
