import { expect, it } from "vitest";
import { Explanation, type ExplanationParts } from "../../src/explain/explanation";
import { hostileTexts, TERMINAL_ACTIVE } from "../support/hostile-texts";

const of = (more: Partial<ExplanationParts> = {}) =>
  new Explanation({
    method: "likeness",
    unit: "cosine",
    axes: [{ name: "image" }, { name: "part" }],
    shape: [2, 2],
    data: Float32Array.from([1, -0, 0.5, -2]),
    ...more,
  });

it("says what is most and least of each image, and writes JSON and CSV that read back", () => {
  const found = of();
  expect(found.text.split("\n")).toEqual([
    "likeness [2, 2] (image, part), cosine",
    "image 0: most at part 0: 1",
    "image 1: most at part 0: 0.5, least at part 1: -2",
  ]);
  const { data, ...parts } = JSON.parse(JSON.stringify(found));
  expect(data).toEqual([1, 0, 0.5, -2]);
  const again = new Explanation({ ...parts, data: Float32Array.from(data) });
  expect(again.toCSV()).toBe(found.toCSV());
  expect(found.toCSV()).toBe("image,part,value\n0,0,1\n0,1,0\n1,0,0.5\n1,1,-2\n");
});

it("keeps labels of others in their cell and line", () => {
  const labels = ['a, "b"', "two\nlines"];
  const found = of({ axes: [{ name: "image" }, { name: "part", labels }] });
  expect(found.toCSV()).toContain('0,"a, ""b""",1\n0,"two\nlines",0\n');
  for (const text of hostileTexts) {
    const hostile = of({ method: text, axes: [{ name: "image" }, { name: "part", labels: [text, text] }] });
    for (const line of hostile.text.split("\n")) expect(line).not.toMatch(TERMINAL_ACTIVE);
    expect(hostile.text.split("\n")).toHaveLength(3);
  }
});

it("is refused where it says nothing of an image, isn't finite, or its parts don't fit", () => {
  expect(() => of({ data: Float32Array.from([1, 2, 0, -0]) })).toThrow(
    /^likeness of image 1 is zero everywhere, so that it explains nothing/,
  );
  expect(() => of({ data: new Float32Array(4) })).toThrow(/^likeness of image 0 is zero everywhere/);
  expect(() => of({ data: Float32Array.from([1, 2, Number.NaN, 4]) })).toThrow(/came out as NaN at image 1, part 0/);
  expect(() => of({ shape: [2, 3] })).toThrow(/has 4 numbers and 2 axes: its shape \[2, 3\] asks for 6 and 2/);
  expect(() => of({ axes: [{ name: "image" }, { name: "part", labels: ["one"] }] })).toThrow(
    "likeness has 1 labels for 2 places of axis part: give one for each",
  );
});
