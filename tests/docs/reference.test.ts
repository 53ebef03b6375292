// The reference, without its pages: TypeDoc finds every public name documented, and every link to lead somewhere.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { load } from "../setup/load";

interface Reflection {
  name: string;
  children?: Reflection[];
  sources?: { url?: string }[];
}

it("every public name has a docstring, what it is made of is exported, and links lead somewhere", {
  timeout: 300_000,
}, async () => {
  const { readReference, referenceFolder } = await load("docs/write-reference.mjs");
  const modules: Reflection[] = (await readReference()).project.children;
  expect(modules.map(({ name }) => name)).toEqual(expect.arrayContaining(["vitlab", "vitlab/kernel"]));
  // Each name has a page in a folder for its kind.
  const page = join(referenceFolder, "functions");
  const sources = modules.flatMap(({ children = [] }) => children.flatMap(({ sources = [] }) => sources));
  expect(sources.length).toBeGreaterThan(400);
  expect(sources.filter(({ url = "" }) => !existsSync(join(page, url)))).toEqual([]);
});
