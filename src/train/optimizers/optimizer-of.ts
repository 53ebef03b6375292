import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { checkPositive } from "../../base/check-number";
import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { showShape } from "../../base/shape";
import type { Module } from "../../nn/module";
import { tf } from "../../tensor/tf";
import { ParameterVector } from "../parameter-vector";
import type { Gradients, Optimizer, OptimizerRule } from "./optimizer";
import { replaceState, startState, stepParameters } from "./step-parameters";

/** What is kept of a module between two steps. */
interface Memory {
  parameters: ParameterVector;
  state: Tensor1D[];
  updates: number;
}

/**
 * An optimizer that steps by a rule, with a state of its own for each module.
 *
 * @example
 * ```ts
 * import { fit, Linear, optimizerOf, Random, tensorDataset, tf } from "vitlab";
 *
 * // A rule of one's own: each weight moves by the learning rate, against the sign of its gradient.
 * const signs = optimizerOf({
 *   name: "signs", learningRate: 0.1, settings: {}, slots: [],
 *   update: (weights, gradient, _, { learningRate }) => ({
 *     weights: weights.sub(gradient.sign().mul(learningRate)), state: [],
 *   }),
 * });
 * const train = tensorDataset(tf.ones([4, 1]), tf.zeros([4], "int32"));
 * const { steps } = await fit(new Linear(1, 2, { random: new Random(1) }), { train, epochs: 2, optimizer: signs });
 * console.log(signs.name, steps); // signs 2
 * ```
 */
export function optimizerOf(rule: OptimizerRule): Optimizer {
  const memories = new Map<Module, Memory>();
  const memoryOf = (module: Module, names: ReadonlySet<string>): Memory => {
    const known = memories.get(module);
    if (known) {
      checkSame(module, known.parameters, names);
      return known;
    }
    const parameters = new ParameterVector(module, { only: names });
    const state = startState(rule, parameters).map((vector) => tf.keep(vector));
    const memory = { parameters, state, updates: 0 };
    memories.set(module, memory);
    return memory;
  };
  return {
    ...rule,
    step(module, gradients, { learningRate = rule.learningRate } = {}) {
      module.checkNotDisposed();
      checkPositive("learningRate", learningRate);
      const named = gradientsByName(module, gradients);
      const memory = memoryOf(module, new Set(named.keys()));
      const { parameters, state } = memory;
      const update = memory.updates + 1;
      const next = tf.tidy(() => {
        const own = parameters.names.map((name) => named.get(name) as Tensor);
        const { weights, state: moved } = stepParameters(rule, parameters, own, state, {
          ...{ update, learningRate, overwriteState: true },
        });
        parameters.write(weights);
        return moved;
      });
      // Kept, so that a step within a tidy doesn't lose them.
      replaceState(
        state,
        next.map((vector) => tf.keep(vector)),
      );
      memory.updates = update;
    },
    dispose() {
      for (const { state } of memories.values()) tf.dispose(state);
      memories.clear();
    },
  };
}

/** The gradients by the names of the module's parameters, each of the parameter's shape. */
function gradientsByName(module: Module, gradients: Gradients): Map<string, Tensor> {
  const named = new Map<string, Tensor>();
  const variables = module.namedParameters();
  const names = new Map([...variables].map(([name, variable]) => [variable.name, name]));
  for (const [key, gradient] of Object.entries(gradients ?? {})) {
    const name = variables.has(key) ? key : names.get(key);
    const variable = name === undefined ? undefined : variables.get(name);
    if (name === undefined || !variable)
      throw new VitlabError(
        `there is a gradient for ${show(key)}, which is no parameter of this ${module.constructor.name}: give those of ` +
          "valueAndGradients(module, loss), or the grads of tf.variableGrads",
      );
    if (!(gradient instanceof tf.Tensor) || showShape(gradient.shape) !== showShape(variable.shape))
      throw new VitlabError(
        `the gradient for ${name} is ${gradient instanceof tf.Tensor ? showShape(gradient.shape) : show(gradient)}: ` +
          `expected a tensor ${showShape(variable.shape)}, as the parameter is`,
      );
    named.set(name, gradient);
  }
  if (named.size === 0)
    throw new VitlabError(
      "step got no gradients: give those of valueAndGradients(module, loss), or the grads of tf.variableGrads",
    );
  return named;
}

/** State of one parameter must not move another. */
function checkSame(module: Module, parameters: ParameterVector, names: ReadonlySet<string>): void {
  const now = module.namedParameters();
  const other =
    parameters.names.find((name, i) => !names.has(name) || now.get(name) !== parameters.variables[i]) ??
    [...names].find((name) => !parameters.names.includes(name));
  if (other === undefined) return;
  throw new VitlabError(
    `this optimizer stepped other parameters of this ${module.constructor.name} before (${other} is not in both steps): ` +
      "make a new optimizer when other parameters are to learn",
  );
}
