import type { Tensor3D } from "@tensorflow/tfjs-core";
import { dropPath } from "../tensor/drop-path";
import { addResidual } from "../tensor/dropout";
import type { ForwardContext } from "./forward-context";
import type { Module } from "./module";

/** A residual branch that is computed when it is known what it is added to: its last operation then adds it. */
export type Branch = (residual?: Tensor3D) => Tensor3D;

/** What can be the branch of a residual connection: any layer from `[batch, tokens, dim]` to the same shape. */
export interface BranchLayer {
  /** `[batch, tokens, dim]` to the same shape. */
  forward(x: Tensor3D, context: ForwardContext, residual?: Tensor3D): Tensor3D;
  /** Whether `forward` adds `residual`, of the result's shape, itself: its last operation does so at no cost. */
  readonly addsResidual?: boolean;
}

/** A module that can be one. */
export interface TokenLayer extends Module, BranchLayer {
  forward(x: Tensor3D, context: ForwardContext, residual?: Tensor3D): Tensor3D;
}

/** What training drops of a residual branch. */
export interface ResidualRates {
  /** Share of its numbers. */
  dropout: number;
  /** Share of the images it is taken out for. */
  dropPath: number;
}

/**
 * A layer as a residual branch of the tokens that it is called with. Named value: `output`, before it is added.
 *
 * @throws VitlabError, when it is computed, where the layer's result has another shape than what it is added to.
 */
export function residualBranch(layer: BranchLayer, context: ForwardContext): (x: Tensor3D) => Branch {
  return (x) => (residual) => {
    const fused = residual && layer.addsResidual && !context.watched;
    if (fused) return layer.forward(x, context, residual);
    const output = context.tap("output", layer.forward(x, context));
    return residual ? addResidual(residual, output) : output;
  };
}

/** The sum of a residual connection, `x + dropPath(dropout(branch))`, in as few operations as what is dropped allows. */
export function residualSum(context: ForwardContext, rates: ResidualRates): (x: Tensor3D, branch: Branch) => Tensor3D {
  const drop = context.dropout(rates.dropout);
  const path = context.dropout(rates.dropPath);
  return (x, branch) => {
    if (path) return addResidual(x, dropPath(branch(), path), drop);
    return drop ? addResidual(x, branch(), drop) : branch(x);
  };
}
