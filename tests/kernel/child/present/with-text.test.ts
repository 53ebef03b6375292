import { expect, it } from "vitest";
import { withText } from "../../../../src/kernel/child/present/with-text";

it("what is shown as HTML, Markdown or a picture alone has words for consoles", () => {
  const html = "<style>p { color: red }</style><p>a &lt;b&gt;\n  <b>bold</b></p><p>second<br>third</p>";
  expect(withText({ "text/html": html })).toEqual({ "text/html": html, "text/plain": "a <b>\nbold\nsecond\nthird" });
  expect(withText({ "text/markdown": "**a**" })["text/plain"]).toBe("**a**");
  expect(withText({ "image/png": "AQID" })["text/plain"]).toBe("[image/png]");
  expect(withText({ "text/html": "<hr>" })["text/plain"]).toBe("[text/html]");
});

it("what has a text, or nothing at all, stays as it is", () => {
  const both = { "text/html": "<b>a</b>", "text/plain": "own" };
  expect(withText(both)).toBe(both);
  expect(withText({})).toEqual({});
});
