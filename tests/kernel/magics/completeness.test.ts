import { expect, it } from "vitest";
import { cellMagicCompleteness } from "../../../src/kernel/magics/completeness";

/** What IPython 9.18's TransformerManager.check_complete says of each. */
it.each([
  ["%%bash", 0],
  ["%%bash\n", 0],
  ["%%bash\necho", 0],
  ["%%bash\necho\n", 0],
  ["%%bash\necho\n\n", undefined],
  ["%%bash\n\n", undefined],
  ["%%time", 0],
  ["%%time\nx=1\n", 0],
  ["\n%%bash\necho\n", 0],
  ["%%bash\necho \\\n", 0],
  ["%%html\n  <b>\n", 2],
  ["%%nomagic", 0],
  ["%%bash\n  if x\n    y", 4],
])("%j is incomplete with an indentation of %j, complete without one", (code, spaces) => {
  const expected = spaces === undefined ? { status: "complete" } : { status: "incomplete", indent: " ".repeat(spaces) };
  expect(cellMagicCompleteness(code)).toEqual(expected);
});

it.each(["!ls", "%cd /t", "x?", "%time x", "", "a\n%% b"])("%j begins with no cell magic", (code) => {
  expect(cellMagicCompleteness(code)).toBeNull();
});
