import type { Optimizer as TfjsOptimizer } from "@tensorflow/tfjs-core";
import { isThenable, show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { adam, adamW } from "./adam";
import { OPTIMIZER_DEFAULTS, OPTIMIZERS, type OptimizerName } from "./defaults";
import { muon } from "./muon";
import type { Optimizer, OptimizerRule } from "./optimizer";
import { sgd } from "./sgd";
import { tfjsRule } from "./tfjs-rule";

/** Whatever tells how to learn: an optimizer, a rule of one's own, one of TensorFlow.js', or a name. */
export type AnyOptimizer = OptimizerRule | TfjsOptimizer | OptimizerName;

const MAKERS: Readonly<Record<OptimizerName, () => Optimizer>> = { adam, adamw: adamW, muon, sgd };

/**
 * The rule of an optimizer, or of the one that a name stands for.
 *
 * @throws VitlabError for anything else.
 */
export function asOptimizer(given: AnyOptimizer): OptimizerRule {
  if (typeof given === "string") {
    if (Object.hasOwn(MAKERS, given)) return MAKERS[given]();
    throw new VitlabError(`optimizer is "${given}": it must be one of ${OPTIMIZERS.join(", ")}`);
  }
  if (typeof given === "function")
    throw new VitlabError(`optimizer is ${show(given)}: call it, as in optimizer: adam({ learningRate: 0.001 })`);
  if (isOptimizer(given)) return given;
  if (typeof (given as TfjsOptimizer | null)?.applyGradients === "function") return tfjsRule(given as TfjsOptimizer);
  const what = isThenable(given) ? "a promise" : show(given);
  throw new VitlabError(
    `optimizer is ${what}: give adam(), adamW(), muon(), sgd(), or one of TensorFlow.js', tf.train.adam(0.001)`,
  );
}

/** The learning rate that an optimizer has by default; undefined for those that are none of ours. */
export function defaultLearningRate(name: string): number | undefined {
  return Object.hasOwn(OPTIMIZER_DEFAULTS, name) ? OPTIMIZER_DEFAULTS[name as OptimizerName].learningRate : undefined;
}

function isOptimizer(given: unknown): given is OptimizerRule {
  const { update, slots, settings } = (given ?? {}) as Partial<OptimizerRule>;
  return typeof update === "function" && Array.isArray(slots) && typeof settings === "object";
}
