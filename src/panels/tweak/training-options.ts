import type { FitOptions } from "../../train/fit-options";
import { adam, adamW } from "../../train/optimizers/adam";
import type { OptimizerName } from "../../train/optimizers/defaults";
import { muon } from "../../train/optimizers/muon";
import type { Optimizer } from "../../train/optimizers/optimizer";
import { sgd } from "../../train/optimizers/sgd";
import { warmupCosine } from "../../train/schedules";
import { TRAINING_FIELDS, type TrainingValues } from "../../train/training-fields";

/** What a form says of training, as `fit` takes it: `fit(model, { train, ...form.training })`. */
export type TweakedTraining = Pick<
  FitOptions,
  | "epochs"
  | "batchSize"
  | "accumulate"
  | "recompute"
  | "schedule"
  | "labelSmoothing"
  | "clipNorm"
  | "ema"
  | "layerDecay"
  | "seed"
> & { optimizer: Optimizer };

const MAKERS: Readonly<Record<OptimizerName, (options: { learningRate: number; weightDecay: number }) => Optimizer>> = {
  adam,
  adamw: adamW,
  muon,
  sgd,
};

const OWN = [
  "batchSize",
  "accumulate",
  "recompute",
  "labelSmoothing",
  "clipNorm",
  "ema",
  "layerDecay",
  "seed",
] as const;

/** The options of `fit` that values stand for; what is at its default is left out. */
export function trainingOptions(values: TrainingValues): TweakedTraining {
  const { epochs, optimizer, learningRate, weightDecay, schedule, warmupSteps } = values;
  const said = OWN.filter((name) => values[name] !== TRAINING_FIELDS[name].default);
  return {
    epochs,
    optimizer: MAKERS[optimizer]({ learningRate, weightDecay }),
    ...(schedule === "warmupCosine" ? { schedule: warmupCosine({ warmupSteps }) } : {}),
    ...Object.fromEntries(said.map((name) => [name, values[name]])),
  };
}
