import { show } from "../base/check-options";
import { VitlabError } from "../base/error";

/** How a report is made, as far as a model card tells of it: a text for each text, a number for each number, one of a list for all. */
const REPORT = {
  recipe: {
    name: "",
    summary: "",
    without: [""],
    model: { patchSize: 0, dim: 0, depth: 0, heads: 0, mlpDim: 0 },
    epochs: 0,
    batchSize: 0,
    optimizer: "",
    learningRate: 0,
    weightDecay: 0,
    warmupEpochs: 0,
    labelSmoothing: 0,
    clipNorm: 0,
    ema: 0,
    augment: {},
    seed: 0,
  },
  classNames: [""],
  images: { train: 0, validation: 0, test: 0 },
  parameters: 0,
  engine: "",
  curve: [{ epoch: 0, trainLoss: 0 }],
  seconds: 0,
  test: { accuracy: 0, loss: 0 },
};
const BASELINES = {
  chance: 0,
  linearOnPixels: { epochs: 0, testAccuracy: 0 },
  articleModel: { epochs: 0, parameters: 0, testAccuracy: 0 },
};
const OPTIMIZERS = ["adamw", "muon"];
const OPTIONAL_NUMBERS = ["validationLoss", "validationAccuracy"];

/**
 * Checks that a report has all that is told of one.
 *
 * @param path names the file in messages
 * @throws VitlabError naming the first field that isn't as a report has it.
 */
export function checkReport(given: object, path: string): void {
  const wrong = (name: string, value: unknown, expected: string) =>
    new VitlabError(`${path}: ${name} is ${show(value)}; expected ${expected}: restore the file`);
  const check = (value: unknown, made: unknown, name: string): void => {
    if (Array.isArray(made)) {
      if (!Array.isArray(value)) throw wrong(name, value, "a list");
      for (const [i, inner] of value.entries()) check(inner, made[0], `${name}.${i}`);
    } else if (typeof made === "object" && made !== null) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(name, value, "an object");
      for (const [field, inner] of Object.entries(made))
        check((value as Record<string, unknown>)[field], inner, name === "" ? field : `${name}.${field}`);
    } else if (typeof value !== typeof made)
      throw wrong(name, value, `a ${typeof made === "string" ? "text" : "number"}`);
  };
  check(given, REPORT, "");
  const { recipe, curve, baselines } = given as Record<string, Record<string, unknown> | null | undefined>;
  if (!OPTIMIZERS.includes(recipe?.optimizer as string))
    throw wrong("recipe.optimizer", recipe?.optimizer, OPTIMIZERS.join(" or "));
  if ((curve as unknown as unknown[]).length === 0) throw wrong("curve", [], "an epoch or more");
  if (baselines !== null && baselines !== undefined) check(baselines, BASELINES, "baselines");
  for (const [i, point] of (curve as unknown as Record<string, unknown>[]).entries())
    for (const name of OPTIONAL_NUMBERS)
      if (point[name] !== null && typeof point[name] !== "number")
        throw wrong(`curve.${i}.${name}`, point[name], "a number, or null");
  for (const name of ["augment", "mix"])
    for (const [option, value] of Object.entries(recipe?.[name] ?? {}))
      if (typeof value === "object") throw wrong(`recipe.${name}.${option}`, value, "a number, a text or a flag");
}
