import type { Tensor1D, Optimizer as TfjsOptimizer, Variable } from "@tensorflow/tfjs-core";
import { VitlabError } from "../../base/error";
import { tf } from "../../tensor/tf";
import type { OptimizerResult, OptimizerRule } from "./optimizer";

/** What TensorFlow.js' optimizers keep of a variable. */
interface Accumulator {
  originalName: string;
  variable: Variable;
}

type Config = Record<string, number | boolean>;

/** An optimizer with its fields: what it keeps lies in lists of accumulators, and in powers of its betas. */
type Fields = TfjsOptimizer & Record<string, Accumulator[] | Variable | undefined>;

type Maker = { fromConfig(maker: Maker, config: Config): Fields };

/**
 * One of TensorFlow.js' own optimizers (`tf.train.adam(…)`) as a rule: with the settings it has, from a state of its own, so that
 * a run can be resumed. The optimizer given isn't changed.
 *
 * Each update is made by a fresh one that is given what the last one kept: theirs change their variables in place, and a step
 * that is computed here may yet be thrown away.
 *
 * @throws VitlabError when it can't be made anew from its config.
 */
export function tfjsRule(given: TfjsOptimizer): OptimizerRule {
  const maker = given.constructor as unknown as Maker;
  const name = given.getClassName?.() ?? given.constructor.name;
  const config = given.getConfig?.() as Config | undefined;
  if (typeof maker.fromConfig !== "function" || typeof config?.learningRate !== "number")
    throw new VitlabError(
      `the optimizer ${name} can't be made anew from its config: give one of tf.train, such as tf.train.adam(0.001), or vitlab's own`,
    );
  const make = (learningRate: number) => maker.fromConfig(maker, { ...config, learningRate });
  return {
    name: `tfjs ${name}`,
    learningRate: config.learningRate,
    settings: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, Number(value)])),
    slots: slotsOf(make(config.learningRate)),
    update(weights, gradient, state, { update, learningRate }) {
      const optimizer = make(learningRate);
      const variable = tf.variable(weights);
      try {
        return tf.tidy(() => {
          const slots = slotNames(optimizer);
          startAt(optimizer, slots, state, variable.name, update);
          optimizer.applyGradients([{ name: variable.name, tensor: gradient }]);
          const kept = state.map((_, i) => accumulator(optimizer, slots, i));
          return { weights: tf.clone(variable), state: kept.map((each) => tf.clone(each)) } as never;
        }) as OptimizerResult;
      } finally {
        variable.dispose();
        disposeWhole(optimizer);
      }
    },
  };
}

/** Names of the lists in which an optimizer keeps numbers of each variable. */
function slotNames(optimizer: Fields): string[] {
  return Object.keys(optimizer).filter((field) => Array.isArray(optimizer[field]));
}

/** Of those the ones that it uses with its settings, found by a step on one number. */
function slotsOf(optimizer: Fields): string[] {
  return tf.tidy(() => {
    const variable = tf.variable(tf.zeros([1]));
    optimizer.applyGradients([{ name: variable.name, tensor: tf.zeros([1]) }]);
    const used = slotNames(optimizer).filter((field) => (optimizer[field] as Accumulator[]).length > 0);
    variable.dispose();
    disposeWhole(optimizer);
    return used as never;
  }) as string[];
}

/** Gives a fresh optimizer what the one before kept. */
function startAt(
  optimizer: Fields,
  slots: readonly string[],
  state: readonly Tensor1D[],
  originalName: string,
  update: number,
): void {
  // Before its first step it makes them itself, and not all start at 0: Adagrad's are 0.1.
  if (update === 1) return;
  state.forEach((values, i) => {
    optimizer[slots[i] as string] = [{ originalName, variable: tf.variable(values, false) }] as never;
  });
  const { beta1, beta2 } = optimizer as unknown as Record<string, number>;
  // Adam and Adamax keep powers of their betas, Adamax also counts its steps.
  const powers = { accBeta1: beta1, accBeta2: beta2 };
  for (const [field, beta] of Object.entries(powers))
    if (beta !== undefined) (optimizer[field] as Variable | undefined)?.assign(tf.scalar(beta ** update));
  (optimizer.iteration as Variable | undefined)?.assign(tf.scalar(update - 1));
}

/** Momentum's own `dispose` forgets the scalar of its learning rate. */
function disposeWhole(optimizer: Fields): void {
  optimizer.dispose();
  for (const value of Object.values(optimizer))
    if ((value as unknown) instanceof tf.Tensor) tf.dispose(value as Variable);
}

function accumulator(optimizer: Fields, slots: readonly string[], slot: number): Variable {
  return (optimizer[slots[slot] as string] as Accumulator[])[0]?.variable as Variable;
}
