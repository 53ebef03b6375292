import { benchAll } from "./bench-models.mjs";
import { scalingMeasurements } from "./cases.mjs";

/** Measures cost against patches (images of 32 to 96 pixels) and against batch size; `small-no-dropout` where none is named. */
export async function benchScaling(args) {
  await benchAll(args, (cases, names, modes) =>
    scalingMeasurements(cases, names.length > 0 ? names : ["small-no-dropout"], modes),
  );
}
