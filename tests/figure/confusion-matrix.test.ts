import { describe, expect, it } from "vitest";
import { confusionMatrix } from "../../src/figure/confusion-matrix";

const counts = [
  [8, 2],
  [1, 3],
];

describe("confusionMatrix", () => {
  it("writes counts and colours shares of the true class", () => {
    expect(confusionMatrix(counts, ["cat", "dog"]).spec.data[0]).toMatchObject({
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
    expect(confusionMatrix(counts, ["cat", "dog"]).text).toBe(
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

  it("refuses what is no confusion matrix", () => {
    expect(() => confusionMatrix([[1, 2]])).toThrow(
      "counts is 1x2: a confusion matrix has a row and a column for each",
    );
    expect(() => confusionMatrix(counts, ["cat"])).toThrow("classNames has 1 names: counts has 2 classes");
    expect(() => confusionMatrix([[-1]])).toThrow("counts[0][0] is -1");
  });
});
