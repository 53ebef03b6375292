import { inspect } from "node:util";
import { expect, it } from "vitest";
import { MEASURED_MIME, measured } from "../../src/panels/measured";

const shown = (value: ReturnType<typeof measured>) =>
  (value as unknown as { [name: symbol]: () => Record<string, unknown> })[Symbol.for("Jupyter.display")]!();

it("keeps numbers by their names, of several runs the mean and the standard deviation", () => {
  const found = measured({ accuracy: 0.674, none: [1, 2, 3] });
  expect(found.values).toEqual({ accuracy: 0.674, none: { mean: 2, deviation: 1 } });
  expect(shown(found)[MEASURED_MIME]).toEqual(found.values);
});

it("shows them as a table, in notebooks and in a console", () => {
  const found = measured({ images: 12345, accuracy: 0.67412, tiny: 0.00001234, runs: [0.31, 0.33] });
  expect(inspect(found)).toBe(
    [
      "measured",
      "images            12,345",
      "accuracy          0.6741",
      "tiny             1.23e-5",
      "runs      0.320 ± 0.014",
    ].join("\n"),
  );
  expect(shown(found)["text/plain"]).toBe(inspect(found));
  expect(shown(found)["text/html"]).toContain("<td>0.6741</td>");
});

it("refuses what is no number, and one run of several", () => {
  expect(() => measured({})).toThrow("give numbers by their names, such as { accuracy: 0.91 }");
  expect(() => measured({ loss: Number.NaN })).toThrow(
    "measured got NaN for loss: give a finite number, or two or more",
  );
  expect(() => measured({ runs: [0.5] })).toThrow("for runs: give a finite number, or two or more of them");
});
