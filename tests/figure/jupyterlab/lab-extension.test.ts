import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installLabExtension, removeLabExtension } from "../../../src/base/node/lab-extension";
import { FIGURES_EXTENSION, figuresExtension } from "../../../src/figure/jupyterlab/lab-extension";
import { PLOT_MIME, STEADY_IMAGE_MIME } from "../../../src/figure/plot-mime";

describe("the renderer of plots for JupyterLab and Notebook 7", () => {
  let jupyter: string;
  let folder: string;
  beforeEach(() => {
    jupyter = mkdtempSync(join(tmpdir(), "jupyter-"));
    folder = join(jupyter, "labextensions", "vitlab-figures");
  });
  afterEach(() => rmSync(jupyter, { recursive: true }));
  const entry = () => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).jupyterlab._build.load as string;

  it("lies where Jupyter looks for it, with Plotly beside it, and registers for the MIME types of plots and of steady pictures", async () => {
    expect(installLabExtension(jupyter, figuresExtension())).toBe(folder);
    const script = readFileSync(join(folder, entry()), "utf8");
    const window: { _JUPYTERLAB?: Record<string, { init(scope: object): void; get(): Promise<() => unknown> }> } = {};
    const document = { currentScript: { src: `http://localhost/${entry()}` } };
    new Function("window", "document", script)(window, document);
    const container = window._JUPYTERLAB!["vitlab-figures"]!;
    container.init({ "@lumino/widgets": { "2.4.0": { get: async () => () => ({ Widget: class {} }) } } });
    expect((await container.get())()).toMatchObject({
      __esModule: true,
      default: [PLOT_MIME, STEADY_IMAGE_MIME].map((type) => ({
        dataType: "json",
        rendererFactory: { safe: true, mimeTypes: [type] },
      })),
    });
    expect(readdirSync(join(folder, "static")).filter((name) => /^plotly-[\d.]+\.js$/.test(name))).toHaveLength(1);
  });

  it("is written once, and anew where something is missing", () => {
    installLabExtension(jupyter, figuresExtension());
    const path = join(folder, entry());
    const { mtimeMs } = statSync(path);
    installLabExtension(jupyter, figuresExtension());
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    rmSync(path);
    writeFileSync(join(folder, "static", "stale.js"), "");
    installLabExtension(jupyter, figuresExtension());
    expect(existsSync(path)).toBe(true);
    expect(existsSync(join(folder, "static", "stale.js"))).toBe(false);
  });

  it("is removed whole", () => {
    installLabExtension(jupyter, figuresExtension());
    expect(removeLabExtension(jupyter, FIGURES_EXTENSION)).toBe(true);
    expect(existsSync(folder)).toBe(false);
    expect(removeLabExtension(jupyter, FIGURES_EXTENSION)).toBe(false);
  });
});
