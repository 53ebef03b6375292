import type { ParameterCount } from "../../nn/module";
import { trainingFlops } from "../../train/flops";
import { peakMemory } from "../../train/peak-memory";
import type { FullViTConfig } from "../../vit/config";
import { CONFIG_FIELDS } from "../../vit/config-fields";
import { parameterCount } from "../../vit/parameter-count";
import type { TweakValues } from "./form-fields";

/** What a model and its training cost, before either is made. */
export interface TweakCost {
  /** As `new ViT(config).parameterCount()`. */
  readonly parameters: ParameterCount;
  /** Floating-point operations of one training image, forward and backward, as a plan has them. */
  readonly flopsPerExample: number;
  /** About how many bytes the tensors of a training step have at its peak. */
  readonly peakBytes: number;
  /** About how long a step takes, and how that is known; null before any was timed. */
  readonly step: StepTime | null;
}

/** How long a training step takes. */
export interface StepTime {
  readonly seconds: number;
  /** The step that was timed, where it was of other settings: this one is as much longer as it has more operations. */
  readonly scaledFrom?: TimedStep;
}

/** A training step that was timed. */
export interface TimedStep {
  readonly seconds: number;
  readonly flops: number;
  /** Bytes of its tensors at the peak. */
  readonly peakBytes: number;
  /** All that the form said. */
  readonly values: TweakValues;
}

/** The cost of what a form says, which must be right. */
export function formCost(values: TweakValues, timed: TimedStep | undefined, compiled: boolean): TweakCost {
  const flopsPerExample = trainingFlops(values);
  const flops = stepFlops(values);
  const same = timed !== undefined && stepSettings(timed.values) === stepSettings(values);
  return {
    parameters: parameterCount(values),
    flopsPerExample,
    peakBytes: same ? timed.peakBytes : peakMemory(values, values, { compiled }),
    step: !timed
      ? null
      : same
        ? { seconds: timed.seconds }
        : { seconds: (timed.seconds * flops) / timed.flops, scaledFrom: timed },
  };
}

/** What the time and the memory of a step depend on, to compare. */
function stepSettings(values: TweakValues): string {
  const { batchSize, accumulate, recompute, optimizer } = values;
  const config = (Object.keys(CONFIG_FIELDS) as (keyof FullViTConfig)[]).map((name) => values[name]);
  return JSON.stringify([config, batchSize, accumulate, recompute, optimizer]);
}

/** Floating-point operations of a step. */
export function stepFlops(values: TweakValues): number {
  return trainingFlops(values) * values.batchSize * values.accumulate;
}
