import { describe, expect, it } from "vitest";
import { confusionMatrix } from "../../src/figure/confusion-matrix";
import { heatmap } from "../../src/figure/heatmap";
import type { PlotFigure } from "../../src/figure/plot-figure";
import type { PlotSpec } from "../../src/figure/plot-spec";

const counts = [
  [8, 2],
  [1, 3],
];

describe("confusionMatrix", () => {
  it("writes counts and colors shares of the true class", () => {
    expect(confusionMatrix(counts, { classNames: ["cat", "dog"] }).spec.data[0]).toMatchObject({
      z: [
        [0.8, 0.2],
        [0.25, 0.75],
      ],
      text: [
        ["8", "2"],
        ["1", "3"],
      ],
    });
  });

  it("has the truth as rows and the prediction as columns", () => {
    const { layout } = confusionMatrix(counts).spec;
    expect(layout.xaxis).toMatchObject({ title: { text: "predicted class" } });
    expect(layout.yaxis).toMatchObject({ title: { text: "true class" } });
  });

  it("names the most frequent mistake", () => {
    expect(confusionMatrix(counts, { classNames: ["cat", "dog"] }).text).toBe(
      "Confusion matrix\n2 classes, 14 images, 11 right (78.6%)\nmost frequent mistake: cat taken for dog, 2 times",
    );
  });

  it("leaves a class without images white", () => {
    expect(
      confusionMatrix([
        [0, 0],
        [0, 1],
      ]).spec.data[0],
    ).toMatchObject({
      z: [
        [0, 0],
        [0, 1],
      ],
    });
  });

  describe("of many classes", () => {
    /** Ten images of each class right, and class t taken for t + 1 as often as t. */
    const cells = (classes: number) =>
      Array.from({ length: classes }, (_, t): [number, number, number][] => [
        [t, t, 10],
        [t, (t + 1) % classes, t],
      ]).flat();
    const matrix = (classes: number) => {
      const rows = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
      for (const [truth, predicted, count] of cells(classes)) rows[truth]![predicted] = count;
      return rows;
    };
    const sizeOf = ({ spec }: { spec: PlotSpec }) => (spec.data[0]!.z as unknown[]).length;
    const isWritten = ({ spec }: { spec: PlotSpec }) => "texttemplate" in spec.data[0]!;

    it("writes numbers into the cells of up to 30 classes, and draws up to 100 whole", () => {
      expect([30, 31, 100].map((n) => confusionMatrix(matrix(n))).map((f) => [sizeOf(f), isWritten(f)])).toEqual([
        [30, true],
        [31, false],
        [100, false],
      ]);
    });

    it("shows those that are confused most of more, and says what is left out", () => {
      const names = Array.from({ length: 1000 }, (_, t) => `class ${t}`);
      const figure = confusionMatrix(matrix(1000), { classNames: names });
      expect(sizeOf(figure)).toBe(20);
      const axis = figure.spec.layout.xaxis as { ticktext: string[] };
      // 999 for 0, 998 for 999, and so on down to 982 for 983.
      expect(axis.ticktext).toEqual(["class 0", ...names.slice(981)]);
      const sum = (999 * 1000) / 2;
      const shown = Array.from({ length: 19 }, (_, i) => 999 - i).reduce((a, b) => a + b, 0);
      expect(figure.text).toContain(`1000 classes, ${10_000 + sum} images, 10000 right`);
      expect(figure.text).toContain(
        `shown are the 20 classes that are confused most, with ${shown} of the ${sum} mistakes; left out are 980 classes`,
      );
      expect(figure.text).toContain(
        "most frequent mistake: class 999 taken for class 0, 999 times\nthen: class 998 taken for class 999",
      );
      // Shares are of all images of a class, those left out too.
      expect((figure.spec.data[0]!.z as number[][])[0]![0]).toBe(1);
    });

    it("takes the cells that aren't 0 alone", () => {
      const [dense, sparse] = [matrix(150), { classes: 150, cells: cells(150) }].map((counts) =>
        confusionMatrix(counts),
      );
      expect(sparse!.spec).toEqual(dense!.spec);
      expect(sparse!.text).toBe(dense!.text);
      expect(confusionMatrix({ classes: 10_000, cells: cells(10_000) }).text).toContain("left out are 9980 classes");
      expect(() => confusionMatrix({ classes: 2, cells: [[0, 2, 1]] })).toThrow(
        "counts has the cell [0,2,1]: give [true class, predicted class, count], classes from 0 to 1",
      );
    });

    it("draws something where nothing is confused", () => {
      const right = Array.from({ length: 200 }, (_, t): [number, number, number] => [t, t, 3]);
      expect(confusionMatrix({ classes: 200, cells: right }).text).toContain("600 right (100.0%)");
    });

    it("takes no longer than a heat map of the cells that it shows, a few times over", async () => {
      await heatmap([[0, 1]]).svg();
      const time = async (figure: PlotFigure) => {
        const start = performance.now();
        await figure.svg();
        return performance.now() - start;
      };
      const plain = await time(heatmap(matrix(100), { title: "plain" }));
      expect(await time(confusionMatrix(matrix(100)))).toBeLessThan(4 * plain + 500);
      expect(await time(confusionMatrix(matrix(1000)))).toBeLessThan(12 * plain + 1000);
    });
  });

  it("refuses what is no confusion matrix", () => {
    expect(() => confusionMatrix([[1, 2]])).toThrow(
      "counts is 1x2: a confusion matrix has a row and a column for each",
    );
    expect(() => confusionMatrix(counts, { classNames: ["cat"] })).toThrow(
      "classNames has 1 names: counts has 2 classes",
    );
    expect(() => confusionMatrix([[-1]])).toThrow("counts[0][0] is -1");
  });
});
