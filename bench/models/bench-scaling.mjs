import { benchAll } from "./bench-models.mjs";
import { scalingMeasurements } from "./cases.mjs";
import { saveScalingFigure } from "./scaling-figure.mjs";

/** Measures cost against patches (images of 32 to 96 pixels) and against batch size; `small-no-dropout` where none is named; `--figure` draws it. */
export async function benchScaling(args) {
  const { asked, results } = await benchAll(args, (cases, names, modes) =>
    scalingMeasurements(cases, names.length > 0 ? names : ["small-no-dropout"], modes),
  );
  if (!asked.figure) return;
  await saveScalingFigure(results, asked.figure);
  console.log(`drawn in ${asked.figure}`);
}
