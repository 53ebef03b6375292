import { expect, it } from "vitest";
import { load } from "../setup/load";

it("the reference has each module that the package exports, by the name it is imported by", async () => {
  const { entryPoints } = await load("docs/entry-points.mjs");
  const exports = {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./nn": "./dist/nn/index.js",
    "./package.json": "./package.json",
  };
  expect(entryPoints({ name: "vitlab", exports })).toEqual([
    { name: "vitlab", file: "src/index.ts" },
    { name: "vitlab/nn", file: "src/nn/index.ts" },
  ]);
});
