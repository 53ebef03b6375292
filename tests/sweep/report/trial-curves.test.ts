import { describe, expect, it } from "vitest";
import { theme } from "../../../src/figure/theme";
import { type TrialCurve, trialCurves } from "../../../src/sweep/report/trial-curves";

const curve = (name: string, values: readonly number[], isBest = false): TrialCurve => ({ name, values, isBest });
const options = { title: "Loss", valueTitle: "validation loss", bestName: "best: point 2", percent: false };

describe("the curves of trials", () => {
  it("are two traces, the pale ones and the best above them", () => {
    const figure = trialCurves(
      [curve("point 1", [3, 2]), curve("point 2", [2, 1], true), curve("point 3", [4, 3])],
      options,
    );
    expect(figure.spec.data).toMatchObject([
      { y: [3, 2, null, 4, 3, null], x: [1, 2, null, 1, 2, null], line: { color: theme.mutedInk } },
      { y: [2, 1, null], line: { color: theme.emphasis } },
    ]);
    const texts = (figure.spec.layout.annotations as { text: string }[]).map(({ text }) => text);
    expect(texts).toEqual(["— best: point 2", "— 2 other trials"]);
    expect(figure.text).toBe(
      "Loss\n3 trials, at most 2 epochs, validation loss at the end from 1 to 3\nbest, point 2: first 2, last 1",
    );
  });

  it("that ended after one epoch are dots", () => {
    const { data } = trialCurves([curve("point 1", [3]), curve("point 2", [2, 1], true)], options).spec;
    expect(data[1]).toMatchObject({ mode: "markers", y: [3, null] });
  });

  it("have gaps where a value is missing, and say so", () => {
    const figure = trialCurves([curve("point 1", [3, Number.NaN, 2])], options);
    expect(figure.spec.data[0]).toMatchObject({ y: [3, null, 2, null] });
    expect(figure.text).toContain("1 value is not finite: 1 NaN");
  });

  it("are on a logarithmic axis where they lie far apart", () => {
    const far = trialCurves([curve("point 1", [3, 1e6]), curve("point 2", [2, 1], true)], options);
    expect(far.spec.layout.yaxis).toMatchObject({ type: "log" });
    expect(far.text).toContain("logarithmic");
    const near = trialCurves([curve("point 1", [3, 1])], options);
    expect(near.spec.layout.yaxis).not.toHaveProperty("type");
  });

  it("of shares read as per cent, from 0 on", () => {
    const figure = trialCurves([curve("point 2", [0.1, 0.5], true)], { ...options, percent: true });
    expect(figure.spec.layout.yaxis).toMatchObject({ tickformat: ".0%", range: [0, expect.any(Number)] });
    expect(figure.text).toContain("best, point 2: first 10.0%, last 50.0%");
  });
});
