import type { Tensor3D } from "@tensorflow/tfjs";
import { dropPath } from "../tensor/drop-path";
import { addResidual } from "../tensor/dropout";
import type { ForwardContext } from "./forward-context";

/** A residual branch that is computed when it is known what it is added to: its last operation then adds it. */
export type Branch = (residual?: Tensor3D) => Tensor3D;

/** What can be the branch of a residual connection. */
export interface BranchLayer {
  /** `[batch, tokens, dim]` to the same shape; `residual`, of that shape as well, is added to the result. */
  forward(x: Tensor3D, context: ForwardContext, residual?: Tensor3D): Tensor3D;
}

/** What training drops of a residual branch. */
export interface ResidualRates {
  /** Share of its numbers. */
  dropout: number;
  /** Share of the images it is taken out for. */
  dropPath: number;
}

/** A layer as a residual branch of the tokens that it is called with. */
export function residualBranch(layer: BranchLayer, context: ForwardContext): (x: Tensor3D) => Branch {
  return (x) => (residual) => layer.forward(x, context, residual);
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
