import { expect, test } from "vitest";
import { load } from "./load";

test.each([
  ["20.19.0", true],
  ["v22.3.0", true],
  ["26.0.0", true],
  ["20.18.3", false],
  ["18.20.4", false],
])("Node %s is supported: %s", async (version, expected) => {
  const { isNodeSupported } = await load("steps/node-version.mjs");
  expect(isNodeSupported(version)).toBe(expected);
});
