import type { Tensor } from "@tensorflow/tfjs";
import type { ForwardContext } from "../nn/forward-context";
import type { Module } from "../nn/module";
import type { FullViTConfig } from "../vit/config";
import { ViT } from "../vit/model";

/**
 * A model that can be trained: any module that makes one tensor of another, a row for each example. In training the context
 * says so and has the random generator that dropout draws from; a module without dropout need not take it.
 */
export interface Trainable extends Module {
  forward(input: Tensor, context?: ForwardContext): Tensor;
}

/** What is known of a model by its config; null of modules that are no ViT. */
export function configOf(model: Module): FullViTConfig | null {
  return model instanceof ViT ? model.config : null;
}
