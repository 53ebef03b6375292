import { expect, it } from "vitest";
import { encodeJson } from "../../src/kernel/encode-json";

const back = (value: unknown): unknown => JSON.parse(encodeJson(value).toString());

it("JSON leaves with whole characters only, at any depth and in keys", () => {
  const half = "👍 good".slice(0, 1);
  expect(back({ [half]: [{ text: `a${half}b\udc4d` }], whole: "👍" })).toEqual({
    "\ufffd": [{ text: "a\ufffdb\ufffd" }],
    whole: "👍",
  });
});

it("an escape that somebody wrote stays as it was written", () => {
  const written = ["\\ud83d", "\\\\ud83d", "\\n\\ud83d\n", '"\\ud83d"', "\\\\\ud83d".slice(0, 2)];
  expect(back(written)).toEqual(written);
  expect(back("\\\ud83d")).toBe("\\\ufffd");
});

it("what is no JSON is refused", () => {
  expect(() => encodeJson(1n)).toThrow(TypeError);
});
