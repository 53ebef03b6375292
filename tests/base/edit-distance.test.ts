import { expect, it } from "vitest";
import { editDistance } from "../../src/base/edit-distance";

it.each([
  ["", "", 0],
  ["time", "time", 0],
  ["", "time", 4],
  ["tmie", "time", 2],
  ["kitten", "sitting", 3],
  ["normalise", "normalize", 1],
])("from %j to %j: %i letters, either way", (a, b, letters) => {
  expect([editDistance(a, b), editDistance(b, a)]).toEqual([letters, letters]);
});
