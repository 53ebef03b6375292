import { expect, test } from "vitest";
import { load } from "./load";

test("without arguments all parts are tried on every line of Node.js", async () => {
  const { nodesRun } = await load("nodes/versions.mjs");
  expect(nodesRun([])).toEqual({ majors: ["20", "22", "24", "26"], parts: ["package", "kernel", "fit", "notebooks"] });
  expect(nodesRun(["--only", "22,26", "--parts", "fit"])).toEqual({ majors: ["22", "26"], parts: ["fit"] });
});

test("a line of Node.js or a part that there isn't is answered with the usage", async () => {
  const { nodesRun } = await load("nodes/versions.mjs");
  expect(() => nodesRun(["--only", "18"])).toThrow(
    /--only has no 18, it has 20, 22, 24, 26; usage: npm run test:nodes/,
  );
  expect(() => nodesRun(["--parts=all"])).toThrow(/--parts has no all/);
  expect(() => nodesRun(["26"])).toThrow(/usage: npm run test:nodes/);
});
