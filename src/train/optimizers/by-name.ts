import { isThenable, show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { adam, adamW } from "./adam";
import { muon } from "./muon";
import type { Optimizer } from "./optimizer";
import { sgd } from "./sgd";

/** An optimizer with its own defaults, by name. */
export type OptimizerName = "adam" | "adamw" | "muon" | "sgd";

const MAKERS: Readonly<Record<OptimizerName, () => Optimizer>> = { adam, adamw: adamW, muon, sgd };

/**
 * An optimizer, or the one that a name stands for.
 *
 * @throws VitlabError for anything else.
 */
export function asOptimizer(given: Optimizer | OptimizerName): Optimizer {
  if (typeof given === "string") {
    if (Object.hasOwn(MAKERS, given)) return MAKERS[given]();
    throw new VitlabError(`optimizer is "${given}": it must be one of ${Object.keys(MAKERS).join(", ")}`);
  }
  if (typeof given === "function")
    throw new VitlabError(`optimizer is ${show(given)}: call it, as in optimizer: adam({ learningRate: 0.001 })`);
  if (isOptimizer(given)) return given;
  const foreign = typeof (given as { applyGradients?: unknown } | null)?.applyGradients === "function";
  const what = foreign ? "of TensorFlow.js" : isThenable(given) ? "a promise" : show(given);
  throw new VitlabError(`optimizer is ${what}: use vitlab's own adam(), adamW(), muon() or sgd()`);
}

/** The learning rate that an optimizer has by default; undefined for those that are none of ours. */
export function defaultLearningRate(name: string): number | undefined {
  return Object.hasOwn(MAKERS, name) ? MAKERS[name as OptimizerName]().learningRate : undefined;
}

function isOptimizer(given: unknown): given is Optimizer {
  const { step, slots, settings } = (given ?? {}) as Partial<Optimizer>;
  return typeof step === "function" && Array.isArray(slots) && typeof settings === "object";
}
