import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { load } from "./load";

test("the cache is $VITLAB_CACHE, else vitlab/ in $XDG_CACHE_HOME, else in ~/.cache", async () => {
  const { cacheFolder } = await load("paths.mjs");
  expect(cacheFolder({ VITLAB_CACHE: "/c", XDG_CACHE_HOME: "/x" }, "/home/me")).toBe("/c");
  expect(cacheFolder({ XDG_CACHE_HOME: "/x" }, "/home/me")).toBe("/x/vitlab");
  expect(cacheFolder({}, "/home/me")).toBe("/home/me/.cache/vitlab");
});

test("a relative $VITLAB_DATA means the folder in which the user typed the command", async () => {
  const { absoluteDataFolder } = await load("paths.mjs");
  expect(absoluteDataFolder({ VITLAB_DATA: "../shared", INIT_CWD: "/home/me/p" })).toBe("/home/me/shared");
  expect(absoluteDataFolder({})).toBeUndefined();
});

test("the kernelspec starts this Node with tslab, by absolute paths", async () => {
  const { kernelspec } = await load("steps/kernelspec.mjs");
  expect(kernelspec("/n/node", "/p/node_modules/tslab/bin/tslab")).toMatchObject({
    argv: ["/n/node", "/p/node_modules/tslab/bin/tslab", "kernel", "--config-path", "{connection_file}"],
    display_name: "TypeScript (tslab)",
    language: "typescript",
  });
});

test("without Python the kernelspec goes where Jupyter programs look for the user's own", async () => {
  const { userJupyterFolder } = await load("steps/kernelspec.mjs");
  expect(userJupyterFolder({}, "linux", "/home/me")).toBe("/home/me/.local/share/jupyter");
  expect(userJupyterFolder({}, "darwin", "/Users/me")).toBe("/Users/me/Library/Jupyter");
  expect(userJupyterFolder({ JUPYTER_DATA_DIR: "/j" }, "linux", "/home/me")).toBe("/j");
});

test("CIFAR-10 counts as found only with all six files in full length", async () => {
  const { hasCifar10 } = await load("steps/data.mjs");
  const folder = mkdtempSync(join(tmpdir(), "vitlab-cifar-"));
  const names = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"];
  for (const name of names) {
    writeFileSync(join(folder, `${name}.bin`), "");
    truncateSync(join(folder, `${name}.bin`), 30_730_000);
  }
  expect(hasCifar10(folder)).toBe(true);
  truncateSync(join(folder, "test_batch.bin"), 30_729_999);
  expect(hasCifar10(folder)).toBe(false);
  rmSync(folder, { recursive: true });
});

test("requirements.txt pins every package it names", async () => {
  const { pins } = await load("steps/python.mjs");
  const { readFileSync } = await import("node:fs");
  const text = readFileSync(join(__dirname, "..", "..", "requirements.txt"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(lines.filter((line) => !/^[\w.-]+==[\w.]+( ; .+)?$/.test(line))).toEqual([]);
  for (const name of ["jupyterlab", "ipywidgets", "anywidget", "plotly", "nbclient", "nbconvert", "nbformat"]) {
    expect(pins(text).has(name)).toBe(true);
  }
});
