import type { Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { tf } from "../../src/tensor/tf";
import { adam, adamW } from "../../src/train/optimizers/adam";
import { startState } from "../../src/train/optimizers/step-parameters";
import { ParameterVector } from "../../src/train/parameter-vector";
import { proposeStep } from "../../src/train/training-step";
import { onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { loadSimpleViT, simpleViTs, torchLayout, torchName } from "../support/simple-vit";

onEveryEngine("three training steps of PyTorch", () => {
  for (const [name, options] of simpleViTs)
    for (const [path, optimizer] of [
      ["adam3", adam({ learningRate: 1e-3 })],
      ["adamw3", adamW({ learningRate: 1e-3, weightDecay: 0.05 })],
    ] as const)
      it(`${name}: ${path}`, () => {
        const golden = new Golden(`simple_vit/${name}/golden`);
        const before = tf.memory().numTensors;
        const model = loadSimpleViT(golden, options);
        const parameters = new ParameterVector(model);
        const labels = tf.tensor1d(golden.data("labels"), "int32");
        const all = golden.images("images");
        const images = tf.slice(all, 0, labels.size) as Tensor4D;
        let state = startState(optimizer, parameters);
        const settings = {
          model,
          loss: null,
          parameters,
          optimizer,
          batchSize: Number.POSITIVE_INFINITY,
          recompute: false,
          labelSmoothing: 0,
          clipNorm: null,
          seed: 0,
          rates: null,
          precision: "float32" as const,
        };
        const batch = { input: images, target: labels };
        const losses: number[] = [];
        for (let update = 1; update <= 4; update++) {
          const place = { batch, epoch: 0, step: 0, update, learningRate: 1e-3, state };
          const proposed = proposeStep(settings, place);
          losses.push(proposed.loss);
          if (update <= 3) parameters.write(proposed.weights);
          tf.dispose([proposed.weights, state]);
          state = proposed.state;
        }
        golden.expectClose(`${path}/losses`, losses);
        for (const [ours, variable] of model.namedParameters()) {
          const torch = torchName(ours);
          golden.expectClose(`${path}/${torch.name}`, torchLayout(variable, torch.turned));
        }
        tf.dispose([all, images, labels, state]);
        model.dispose();
        expect(tf.memory().numTensors).toBe(before);
      });
});
