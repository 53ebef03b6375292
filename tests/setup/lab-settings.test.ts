import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { load } from "./load";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-settings-"));
  path = join(folder, "share", "jupyter", "lab", "settings", "overrides.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const WIDGETS = "@jupyter-widgets/jupyterlab-manager:plugin";

test("JupyterLab is set to save the state of widgets", async () => {
  const { settleLab } = await load("steps/python.mjs");
  settleLab(folder);
  expect(JSON.parse(readFileSync(path, "utf8"))[WIDGETS]).toEqual({ saveState: true });
});

test("JupyterLab shows Markdown as it reads", async () => {
  const { settleLab } = await load("steps/python.mjs");
  settleLab(folder);
  const { defaultViewers } = JSON.parse(readFileSync(path, "utf8"))["@jupyterlab/docmanager-extension:plugin"];
  expect(defaultViewers).toEqual({ markdown: "Markdown Preview" });
});

test("JupyterLab cuts no line of code", async () => {
  const { settleLab } = await load("steps/python.mjs");
  settleLab(folder);
  const { codeCellConfig } = JSON.parse(readFileSync(path, "utf8"))["@jupyterlab/notebook-extension:tracker"];
  expect(codeCellConfig).toEqual({ lineWrap: true });
});

test("an environment of before gets the settings that are new, and keeps its own", async () => {
  const { settleLab } = await load("steps/python.mjs");
  const own = {
    "@jupyterlab/apputils-extension:notification": { fetchNews: "true" },
    "@jupyterlab/docmanager-extension:plugin": {},
    "@jupyterlab/notebook-extension:tracker": {},
    other: { a: 1 },
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(own));
  settleLab(folder);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ ...own, [WIDGETS]: { saveState: true } });
  const off = { ...own, [WIDGETS]: { saveState: false } };
  writeFileSync(path, JSON.stringify(off));
  settleLab(folder);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(off);
});
