import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Axis, Explanation, type ExplanationParts } from "../../src/explain/explanation";

const MAPS: readonly Axis[] = [{ name: "image" }, { name: "row" }, { name: "column" }];

/** An explanation of numbers, one after the other, a map of patches unless told. */
function found(data: readonly number[], shape: readonly number[], more: Partial<ExplanationParts> = {}): Explanation {
  return new Explanation({
    method: "made up",
    unit: "logit",
    axes: MAPS,
    shape,
    data: Float32Array.from(data),
    ...more,
  });
}

describe("an explanation in words", () => {
  it("says of a share whose it is, at which patch, and what uniform would be", () => {
    const map = found([0.1, 0.25, 0.05, 0.2], [1, 2, 2], {
      method: "attention weights",
      unit: "share of attention",
      uniform: 0.2,
      shareOf: "the class token's attention in block 3",
    });
    expect(map.text).toBe(
      "attention weights [1, 2, 2] (image, row, column), share of attention\n" +
        "patch 1 (row 0, column 1) gets 0.25 of the class token's attention in block 3; uniform would be 0.2",
    );
    expect(map.describe({ nose: [0], ear: [1, 3] })).toContain(
      "patch 1 (ear) gets 0.25 of the class token's attention",
    );
    expect(inspect(map)).toBe(map.text);
  });

  it("says where the largest number is of each image, of many those of the first, and the notes", () => {
    const maps = found([1, 2, 6, 4, 0, 1, 7, 5, 2, 1], [5, 1, 2], { notes: ["A note."] });
    expect(maps.text.split("\n")).toEqual([
      "made up [5, 1, 2] (image, row, column), logit",
      "image 0: most at patch 1 (row 0, column 1): 2",
      "image 1: most at patch 0 (row 0, column 0): 6, least at patch 1 (row 0, column 1): 4",
      "image 2: most at patch 1 (row 0, column 1): 1",
      "… and 2 more images",
      "A note.",
    ]);
  });

  it("names the least where numbers are below 0 by more than rounding", () => {
    expect(found([3, -1], [1, 1, 2]).text).toMatch(/: 3, least at patch 1 \(row 0, column 1\): -1$/);
    expect(found([3, -1e-6], [1, 1, 2]).text).toMatch(/: 3$/);
    expect(found([2, 2], [1, 1, 2]).text).toMatch(/\nthe same everywhere: 2$/);
  });

  it("calls places by their names, and queries and keys, which have the same, by their axes too", () => {
    const labels = ["class token", "patch 0"];
    const pairs = found([1, 2, 8, 3], [1, 2, 2], {
      axes: [{ name: "image" }, { name: "query", labels }, { name: "key", labels }],
    });
    expect(pairs.text).toContain("most at query patch 0, key class token: 8");
    const parts = found([1, 8], [2, 1], {
      axes: [{ name: "state", labels: ["embeddings", "block 0"] }, { name: "head" }],
    });
    expect(parts.text).toContain("most at block 0, head 0: 8");
  });

  it("doesn't call pixels of a filter patches, nor rows and columns that have names", () => {
    const axes = ["filter", "row", "column", "channel"].map((name) => ({ name }));
    expect(found([1, 8], [1, 1, 2, 1], { axes }).text).toContain("most at filter 0, row 0, column 1, channel 0: 8");
    const windows = found([1, 8], [1, 1, 2], {
      axes: [
        { name: "image" },
        { name: "row", labels: ["rows 0 to 7"] },
        { name: "column", labels: ["columns 0 to 7", "columns 4 to 11"] },
      ],
    });
    expect(windows.text).toContain("most at rows 0 to 7, columns 4 to 11: 8");
  });

  it("says of a curve where it starts and ends", () => {
    const axes = [{ name: "image" }, { name: "step", labels: ["0 patches", "2 patches", "4 patches"] }];
    expect(found([0.9, 0.2, 0.5], [1, 3], { axes }).text).toMatch(/\nfrom 0\.9 at 0 patches to 0\.5 at 4 patches$/);
  });

  it("takes under 1,000 bytes, however long names, notes and parts are", () => {
    const long = "ß".repeat(900);
    const axes = [{ name: "image" }, { name: "token", labels: [long, `${long}2`] }];
    const text = found([1, 2], [1, 2], { axes, notes: [long] }).describe({ [long]: [0] });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1000);
    expect(text).toMatch(/ß…$/);
  });
});

describe("the numbers of an explanation", () => {
  const map = found([1, 2, 3, 4, 5, 6], [1, 2, 3]);

  it("are found by their place", () => {
    expect([map.at(0, 0, 0), map.at(0, 1, 0), map.at(0, 1, 2)]).toEqual([1, 4, 6]);
  });

  it.each([[[0, 2, 0]], [[0, 0]], [[0, 0, 0.5]], [[0, -1, 0]]])(
    "aren't at (%j), and it says what the axes are",
    (place) => {
      expect(() => map.at(...place)).toThrow(
        `made up has no number at (${place.join(", ")}): its axes are image 0 to 0, row 0 to 1, column 0 to 2`,
      );
    },
  );

  it("are a line of CSV each, with their places; names with commas and quotes are quoted", () => {
    const axes = [{ name: "class", labels: ['a, "b"', "c"] }, { name: "head" }];
    expect(found([0.5, -2], [2, 1], { axes }).toCSV()).toBe('class,head,value\n"a, ""b""",0,0.5\nc,0,-2\n');
  });

  it("are JSON with axes and notes", () => {
    const labels = ["x", "y"];
    const one = found([0.5, -2], [2], { axes: [{ name: "class", labels }], notes: ["A note."] });
    expect(JSON.parse(JSON.stringify(one))).toEqual({
      method: "made up",
      unit: "logit",
      axes: [{ name: "class", labels }],
      shape: [2],
      data: [0.5, -2],
      notes: ["A note."],
      uniform: null,
    });
    expect(found([0.5, 0.1], [2], { axes: [{ name: "class" }], uniform: 0.3 }).toJSON().uniform).toBe(0.3);
    expect(`${one}`).toBe(one.text);
  });

  it("are refused where they are zero everywhere, which explains nothing", () => {
    expect(() => found([0, 0], [1, 1, 2])).toThrow(/^made up is zero everywhere, so that it explains nothing/);
  });

  it.each([
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ])("are refused with %s among them, and where it is", (odd, name) => {
    expect(() => found([1, 1, 1, odd], [1, 2, 2])).toThrow(
      `made up came out as ${name} at image 0, patch 3 (row 1, column 1): the model's weights aren't finite`,
    );
  });

  it("are refused where shape and axes don't count as many", () => {
    expect(() => found([1, 2], [1, 2, 2])).toThrow(
      "made up has 2 numbers and 3 axes: its shape [1, 2, 2] asks for 4 and 3",
    );
    expect(() => found([1, 2], [2])).toThrow("made up has 2 numbers and 3 axes: its shape [2] asks for 2 and 1");
  });
});
