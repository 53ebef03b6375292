import type { Tensor } from "@tensorflow/tfjs-core";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { ForwardContext } from "../nn/forward-context";
import type { Module } from "../nn/module";
import { tf } from "../tensor/tf";
import type { FullViTConfig } from "../vit/config";
import { ViT } from "../vit/model";

/**
 * A model that can be trained: any module that makes one tensor of another, a row for each example. In training the context
 * says so and has the random generator that dropout draws from; a module without dropout need not take it.
 */
export interface Trainable extends Module {
  forward(input: Tensor, context?: ForwardContext): Tensor;
}

/** @throws VitlabError when the model makes no tensor. */
export function outputOf(model: Trainable, input: Tensor, context?: ForwardContext): Tensor {
  const output = model.forward(input, context);
  if (output instanceof tf.Tensor) return output;
  throw new VitlabError(`forward of this ${model.constructor.name} returned ${show(output)}: it must return a tensor`);
}

/** What is known of a model by its config; null of modules that are no ViT. */
export function configOf(model: Module): FullViTConfig | null {
  return model instanceof ViT ? model.config : null;
}
