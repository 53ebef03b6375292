import { describe, expect, it } from "vitest";
import { parallelCoordinates } from "../../src/figure/parallel-coordinates";
import { theme } from "../../src/figure/theme";

const { NaN: none } = Number;
const axes = {
  learningRate: { values: [0.001, 0.01, 0.1], logarithmic: true },
  optimizer: { values: ["adam", "adam", "sgd"] },
  momentum: { values: [null, null, 0.9] },
};
const loss = { name: "loss", values: [1.2, 0.8, 0.9], better: "lower" as const };

interface Trace {
  x: (number | null)[];
  y: (number | null)[];
  customdata: (string | null)[];
  mode: string;
  line?: { color: string };
  marker?: { colorbar?: { tickvals: number[]; ticktext: string[] } };
}
const traces = (figure: ReturnType<typeof parallelCoordinates>) => figure.spec.data as unknown as Trace[];
const apart = (figure: ReturnType<typeof parallelCoordinates>) =>
  traces(figure).filter(({ line }) => line?.color === theme.emphasis);
const texts = (figure: ReturnType<typeof parallelCoordinates>) =>
  (figure.spec.layout.annotations as { text: string; x: number; y: number }[]).map(({ text }) => text);

describe("lines over parallel axes", () => {
  it("cross each axis at their value, from the smallest at the bottom to the largest at the top", () => {
    const figure = parallelCoordinates({ a: { values: [1, 3, 2] }, b: { values: [10, 30, 10] } });
    const [all] = traces(figure);
    expect(all!.x).toEqual([0, 1, null, 0, 1, null, 0, 1, null]);
    expect(all!.y).toEqual([0, 0, null, 1, 1, null, 0.5, 0, null]);
  });

  it("have equal steps for equal ratios where the axis is logarithmic", () => {
    const { y } = traces(parallelCoordinates({ rate: { values: [0.001, 0.01, 0.1], logarithmic: true } }))[0]!;
    expect([y[0], y[2], y[4]]).toEqual([0, 0.5, 1]);
    expect(() => parallelCoordinates({ rate: { values: [0, 1], logarithmic: true } })).toThrow(
      'axis "rate" has 0: a logarithmic axis has no place for it',
    );
  });

  it("lie beside each other at a word", () => {
    const { y } = traces(parallelCoordinates({ kind: { values: ["a", "b", "a", "a"] } }))[0]!;
    const [first, b, second, third] = [y[0]!, y[2]!, y[4]!, y[6]!];
    expect(first).toBeLessThan(second);
    expect(second).toBeLessThan(third);
    expect(second).toBeCloseTo(0.25);
    expect(b).toBe(0.75);
  });

  it("take the words of an axis in their order, also those that no line has", () => {
    const figure = parallelCoordinates({ dim: { values: ["64", "32"], order: ["16", "32", "64"] } });
    expect(texts(figure)).toEqual(["dim", "16", "32", "64"]);
    expect(figure.text).toContain("dim: 16 (0), 32 (1), 64 (1)");
  });

  it("pass below an axis on which they have no value", () => {
    const figure = parallelCoordinates(axes, { result: { ...loss, values: [1.2, none, 0.9] } });
    const below = traces(figure).flatMap(({ x, y }) =>
      x.flatMap((place, index) => (y[index] !== null && y[index]! < 0 ? [place] : [])),
    );
    expect(below.sort()).toEqual([2, 2, 3]);
    expect(texts(figure).filter((text) => text === "none")).toHaveLength(2);
    expect(figure.text).toContain("lower is better: from 0.9 to 1.2; none for 1 line\n");
  });

  it("have the colors of the last axis, which is their result; the best stands out", () => {
    const figure = parallelCoordinates(axes, { result: loss });
    expect(apart(figure)).toHaveLength(1);
    expect(apart(figure)[0]!.customdata[0]).toBe("line 1: learningRate 0.01; loss 0.8");
    expect(traces(figure).at(-1)!.marker!.colorbar!.ticktext).toEqual(["0.8", "0.9", "1", "1.1", "1.2"]);
    const higher = parallelCoordinates(axes, { result: { ...loss, better: "higher" } });
    expect(apart(higher)[0]!.customdata[0]).toMatch(/^line 0/);
    expect(apart(parallelCoordinates(axes, { result: { ...loss, better: undefined } }))).toEqual([]);
    expect(apart(parallelCoordinates(axes, { highlight: 2 }))[0]!.x).toEqual([0, 1, 2, null]);
  });

  it("are few traces, however many they are", () => {
    const values = Float64Array.from({ length: 500 }, (_, line) => Math.sin(line * line));
    const figure = parallelCoordinates(
      { a: { values }, b: { values: [...values].reverse() } },
      { result: { name: "result", values, better: "higher" } },
    );
    expect(traces(figure).length).toBeLessThanOrEqual(18);
    expect(traces(figure).flatMap(({ x }) => x.filter((place) => place === 1))).toHaveLength(500);
  });

  it("read as per cent where the result is a share", () => {
    const accuracy = { name: "accuracy", values: [0.1, 0.3, 0.2], percent: true };
    const figure = parallelCoordinates(axes, { result: accuracy });
    expect(traces(figure).at(-1)!.marker!.colorbar!.ticktext).toContain("20.0%");
    expect(figure.text).toContain("accuracy: from 10.0% to 30.0%");
  });

  it("say in words what is seen", () => {
    expect(parallelCoordinates(axes, { result: loss, title: "Trials", names: ["A", "B", "C"] }).text).toBe(
      [
        "Trials",
        "3 lines over 3 axes",
        "colors and last axis: loss, lower is better: from 0.8 to 1.2",
        "learningRate: from 0.001 to 0.1, logarithmic",
        "optimizer: adam (2), sgd (1)",
        "momentum: 0.9; none for 2 lines",
        "set apart: B, loss 0.8: learningRate 0.01, optimizer adam, momentum none",
      ].join("\n"),
    );
  });

  it("are drawn where there is next to nothing", () => {
    expect(parallelCoordinates({ a: { values: [null] } }).text).toContain("1 line over 1 axis\na: none");
    const nothing = parallelCoordinates({ a: { values: [1, 1] } }, { result: { ...loss, values: [none, none] } });
    expect(nothing.text).toContain("a: 1");
    expect(apart(nothing)).toEqual([]);
  });

  it("keep names apart that are long", () => {
    const names = [
      "learningRate",
      "aVeryLongNameThatNobodyWouldReadToItsVeryEnd",
      "name of several words that takes lines",
    ];
    const figure = parallelCoordinates(names.map((name) => ({ name, values: [1, 2] })));
    expect(texts(figure)).toContain("learningRate");
    expect(texts(figure).some((text) => /^aVeryLong.*…$/.test(text))).toBe(true);
    expect(figure.text).toContain(`${names[1]}: from 1 to 2`);
  });

  it("are refused where axes don't fit together", () => {
    expect(() => parallelCoordinates({})).toThrow("parallelCoordinates takes axes by their names");
    expect(() => parallelCoordinates({ a: { values: [1] }, b: { values: [1, 2] } })).toThrow(
      'axis "b" has 2 values: axis "a" has 1, one for each line',
    );
    expect(() => parallelCoordinates({ a: { values: [] } })).toThrow('axis "a" has an empty list for its values');
    expect(() => parallelCoordinates({ a: { values: [true as never] } })).toThrow(
      'axis "a" has true for line 0: give a number, a text, or null for none',
    );
    expect(() => parallelCoordinates(axes, { names: ["A"] })).toThrow(
      "names has 1 texts: the axes have values for 3 lines",
    );
    expect(() => parallelCoordinates(axes, { highlight: 3 })).toThrow("highlight is 3: there are 3 lines");
    expect(() => parallelCoordinates(axes, { result: { ...loss, values: [1] } })).toThrow(
      'values of "loss" has 1 numbers: the axes have values for 3 lines',
    );
  });
});
