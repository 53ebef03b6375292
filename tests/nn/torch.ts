import type { Tensor, Tensor3D, Variable } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import type { SelfAttention } from "../../src/nn/attention";
import type { Module, StateDict } from "../../src/nn/module";
import { Trace } from "../../src/nn/trace";
import { tf } from "../../src/tensor/tf";
import { type Golden, transposed } from "../support/golden";

/** PyTorch's names of a module's parameters. */
export type TorchNames = Record<string, string>;

/** Matrices of linear layers are stored turned over in PyTorch; tables aren't. */
function turned(name: string, shape: readonly number[]): boolean {
  return shape.length === 2 && !name.endsWith("table");
}

/** Loads the parameters stored under `prefix/param/`; those that the reference does without become zero. */
export function loadTorch(module: Module, golden: Golden, prefix: string, names: TorchNames): void {
  const state: StateDict = {};
  for (const [ours, variable] of module.namedParameters()) {
    const key = `${prefix}/param/${names[ours]}`;
    if (!golden.json.tensors[key]) {
      state[ours] = { shape: variable.shape, data: new Float32Array(variable.size) };
      continue;
    }
    const shape = golden.shape(key);
    const data = golden.data(key);
    const [rows, columns] = shape as [number, number];
    state[ours] = turned(ours, shape)
      ? { shape: [columns, rows], data: transposed(data, rows, columns) }
      : { shape, data };
  }
  module.loadStateDict(state);
}

/** Compares the output and the gradients of self-attention with those stored under `prefix`, at once and step by step. */
export function expectTorchAttention(golden: Golden, prefix: string, module: SelfAttention): void {
  const names = Object.fromEntries([...module.namedParameters().keys()].map((each) => [each, each]));
  loadTorch(module, golden, prefix, names);
  const trace = new Trace();
  for (const given of [{}, { trace }]) {
    tf.tidy(() =>
      golden.expectClose(`${prefix}/output`, module.forward(golden.tensor<Tensor3D>(`${prefix}/input`), given)),
    );
    expectTorchGradients(golden, prefix, module, names, (x) => module.forward(x as Tensor3D, given));
  }
  trace.dispose();
}

/** Compares the gradients for the inputs and for every parameter stored, `grad_output` sent into the output. */
export function expectTorchGradients(
  golden: Golden,
  prefix: string,
  module: Module,
  names: TorchNames,
  forward: (...inputs: [Tensor, ...Tensor[]]) => Tensor,
  inputs: readonly string[] = ["input"],
): void {
  const parameters = module.namedParameters();
  const stored = golden.names(`${prefix}/grad/param/`);
  expect([...parameters.keys()].map((ours) => names[ours])).toEqual(expect.arrayContaining(stored));
  tf.tidy(() => {
    const given = inputs.map((name) => tf.variable(golden.tensor(`${prefix}/${name}`)));
    const loss = () =>
      tf.sum(tf.mul(forward(...(given as unknown as [Tensor, ...Tensor[]])), golden.tensor(`${prefix}/grad_output`)));
    const { grads } = tf.variableGrads(loss as never, [...given, ...parameters.values()]);
    given.forEach((x, i) => {
      golden.expectClose(`${prefix}/grad/${inputs[i]}`, grads[x.name] as Tensor);
    });
    for (const [ours, variable] of parameters) {
      if (!stored.includes(names[ours] as string)) continue;
      const gradient = grads[(variable as Variable).name] as Tensor;
      const [rows, columns] = gradient.shape as [number, number];
      const values = gradient.dataSync();
      golden.expectClose(
        `${prefix}/grad/param/${names[ours]}`,
        turned(ours, gradient.shape) ? transposed(values, rows, columns) : values,
      );
    }
    tf.dispose(given);
  });
}
