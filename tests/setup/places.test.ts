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

test("the kernelspec of stock tslab starts this Node, by absolute paths", async () => {
  const { stockKernelspec } = await load("steps/kernelspec.mjs");
  expect(stockKernelspec("/n/node", "/p/node_modules/tslab/bin/tslab")).toMatchObject({
    argv: ["/n/node", "/p/node_modules/tslab/bin/tslab", "kernel", "--config-path", "{connection_file}"],
    display_name: "TypeScript (tslab)",
    language: "typescript",
  });
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
