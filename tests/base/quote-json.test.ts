import { expect, it } from "vitest";
import { quoteJson } from "../../src/base/quote-json";

it("quoteJson says a value as a JSON file has it, and one that is nested too deep in a word", () => {
  expect(quoteJson({ height: 3 })).toBe('{"height":3}');
  expect(quoteJson(undefined)).toBe("undefined");
  expect(quoteJson(JSON.parse("[".repeat(20_000) + "]".repeat(20_000)))).toBe("a list");
});
